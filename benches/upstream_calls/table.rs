//! The table: what each operation takes, of which backend, and with how much known.

use super::scenes::{self, SCENES, Scene};
use super::stage::Stage;

const BACKENDS: [&str; 2] = ["user-settings", "contexts"];

/// How much the gateway knows before it is asked.
#[derive(Clone, Copy, Debug)]
enum Known {
    /// Nothing.
    Nothing,
    /// What it keeps since it was asked about another user of the environment.
    Environment,
    /// That, and all about the user.
    User,
}

const KNOWN: [Known; 3] = [Known::Nothing, Known::Environment, Known::User];

/// The table, in Markdown.
pub(crate) async fn table() -> anyhow::Result<String> {
    let mut lines = vec![
        "| operation | `user-settings`: cold | environment known | user known | `contexts`: cold | environment known | user known |".to_owned(),
        "| --- | --: | --: | --: | --: | --: | --: |".to_owned(),
    ];
    for scene in &SCENES {
        let mut cells = vec![scene.name.to_owned()];
        for backend in BACKENDS {
            for known in KNOWN {
                cells.push(count(scene, backend, known).await?.to_string());
            }
        }
        lines.push(format!("| {} |", cells.join(" | ")));
    }
    Ok(lines.join("\n"))
}

async fn count(scene: &Scene, backend: &str, known: Known) -> anyhow::Result<usize> {
    let stage = Stage::open(backend)?;
    if scene.overridden {
        scenes::override_some(&stage)?;
        stage.forget();
    }
    match known {
        Known::Nothing => {}
        Known::Environment => scenes::look_at_another(&stage)?,
        Known::User => {
            scenes::look_at_another(&stage)?;
            scenes::look_at_the_reader(&stage)?;
        }
    }
    let calls = stage.count(&(scene.ask)(&stage)?);
    stage.close().await;
    calls
}
