//! What a new password is for: the account of a link, or the letter that this browser asked for.

use super::PURPOSE;
use crate::app::App;
use crate::error::Error;
use crate::forms::{AwaitedLetter, BrowserSession};
use crate::proofs::{LinkToken, Proof};
use crate::users::{Email, PersonName, User};

/// What a request names. Finding it changes nothing.
pub(super) enum Target {
    /// A link that works, and its account.
    Link(LinkToken, Box<User>),
    /// A letter that this browser asked for. Nothing is known of it here, not even whether it was
    /// sent.
    Letter(AwaitedLetter),
    /// A link that is used, replaced, too old, or none of ours.
    Over,
    /// Neither a link nor a letter.
    Nothing,
}

impl Target {
    pub async fn find(app: &App, browser: &BrowserSession, token: Option<&str>) -> Result<Self, Error> {
        let Some(token) = token else {
            return Ok(browser.awaited_letter(PURPOSE.name).map_or(Self::Nothing, Self::Letter));
        };
        let Some(link) = LinkToken::parse(token) else { return Ok(Self::Over) };
        let (clock, searched) = (app.clock.clone(), link.clone());
        let find = move |conn: &mut _| {
            let now = clock.read(conn)?;
            let proof = Proof::by_link(conn, &PURPOSE, &searched, now)?;
            proof.and_then(|proof| proof.user_id).map_or(Ok(None), |owner| User::by_id(conn, owner))
        };
        let owner = app.db.query(find).await?.filter(|owner| owner.is_active);
        Ok(owner.map_or(Self::Over, |owner| Self::Link(link, Box::new(owner))))
    }

    /// The address that the page shows.
    pub fn address(&self) -> &str {
        match self {
            Self::Link(_, owner) => owner.email.as_str(),
            Self::Letter(letter) => &letter.address,
            Self::Over | Self::Nothing => "",
        }
    }

    /// The owner's names, which a password must not be like. Those of a letter's account are not
    /// asked for: a refusal would tell that there is one.
    pub fn names(&self) -> Vec<PersonName> {
        let Self::Link(_, owner) = self else { return Vec::new() };
        [&owner.first_name, &owner.last_name].into_iter().flat_map(|name| PersonName::parse(name)).collect()
    }

    pub fn email(&self) -> Option<Email> {
        Email::parse(self.address()).ok()
    }
}
