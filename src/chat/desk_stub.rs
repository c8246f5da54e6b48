//! Stands in for the desk until it is there.

use super::{Answer, Audience, Says, Speaker};

/// Whom a platform's room asks.
#[derive(Clone, Debug)]
pub struct Desk;

/// What becomes of a press.
#[derive(Clone, Debug)]
pub struct Reaction {
    /// What is said.
    pub answer: Answer,
    /// Whether it stands in place of the message with the button.
    pub replaces: bool,
}

impl Desk {
    /// Carries a command out.
    pub async fn hear(&self, _speaker: &Speaker, _text: &str) -> Answer {
        std::future::ready(nothing()).await
    }

    /// Takes a press.
    pub async fn press(&self, _speaker: &Speaker, _says: Says) -> Reaction {
        std::future::ready(Reaction { answer: nothing(), replaces: false }).await
    }
}

fn nothing() -> Answer {
    Answer {
        audience: Audience::Asker,
        summary: "nothing yet".to_owned(),
        lines: Vec::new(),
        buttons: Vec::new(),
    }
}
