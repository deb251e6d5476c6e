//! Deprecated aliases: the former names of what is in [`web`](crate::web).

pub use crate::web::{
    Context as Facts, DISCARD_TIMEOUT as PATIENCE_FOR_THE_REST, Decision, Denial as Instead,
    FORM_TIMEOUT as PATIENCE_FOR_FORMS, Headers, KEYS_TIMEOUT as PATIENCE_FOR_KEYS, LoopCause, MANY_COOKIES,
    MAX_COOKIE_BYTES, MAX_DISCARDED_BYTES, MAX_FORM_BYTES, NO_BEARER,
    REACHABILITY_TIMEOUT as PATIENCE_FOR_CONTACT, Reader, RequestInfo as Asked, RequestKind,
    Requirement as Need, Response as Answer, SCRIPT, Served, Times, check_cookie_size as weigh,
    check_origin as guard, cors, decide, is_safe as is_harmless, log_denial as log_instead, log_identity,
    needs_reachability as depends_on_contact, not_configured as not_set_up, preflight, render as answer,
    script,
};
