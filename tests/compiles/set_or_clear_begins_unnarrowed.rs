//! After asking for what the body means, it begins.

use flagward::policy::{Clear, Declared, Denied, Permit, SetOrClear};

fn begin(permit: &Permit<SetOrClear>, declared: &Declared<'_>) -> Result<(), Denied> {
    let permit = permit.narrow::<Clear>()?;
    let _ = permit.begin(declared);
    Ok(())
}
