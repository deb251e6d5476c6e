//! Deferred page: a refusal that shows a form with files, whose body is read after the refusal and
//! before the response is sent.
//!
//! An extractor cannot read such a body. It is too large to hold, and behind `Option` the handler
//! runs all the same and needs every byte. So the extractor answers with a page that has kept
//! nothing, and puts this into the response. The middleware reads the rest of the body if the
//! response arrives there, and writes the page anew.

use std::sync::{Arc, Mutex, PoisonError};

use super::context::Context;
use super::decision::Denial;
use super::form_entries::FormEntries;
use super::pages::KeptForm;
use super::render::render_with;
use super::request::RequestInfo;
use super::response::Response;
use crate::Settings;

/// What the middleware needs to write the page. It travels in the response's extensions.
#[derive(Debug, Clone)]
pub(crate) struct DeferredPage {
    denial: Denial,
    context: Context,
    body: PageBody,
}

/// The body of the response. Whatever is between extractor and middleware may wrap it, as
/// compression does, as long as it does not read it.
#[derive(Debug, Clone)]
pub(crate) struct PageBody(Arc<Mutex<Option<String>>>);

impl DeferredPage {
    /// Renders the head of the response, and the page as it is if the body cannot be read.
    pub(crate) fn begin(
        denial: &Denial,
        request: &RequestInfo<'_>,
        settings: &Settings,
        context: &Context,
    ) -> (Response, Self) {
        let mut response = render_with(denial, request, settings, context, &KeptForm::of_multipart(None));
        let body = PageBody(Arc::new(Mutex::new(Some(std::mem::take(&mut response.body)))));
        (response, Self { denial: denial.clone(), context: context.clone(), body })
    }

    /// Writes the page for the form that was read. The head of the response is right already: it
    /// does not depend on the form.
    pub(crate) fn finish(&self, request: &RequestInfo<'_>, settings: &Settings, form: Option<FormEntries>) {
        let form = KeptForm::of_multipart(form);
        let response = render_with(&self.denial, request, settings, &self.context, &form);
        *self.body.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(response.body);
    }

    pub(crate) fn body(&self) -> PageBody {
        self.body.clone()
    }
}

impl PageBody {
    /// The page, once. Then nothing is left.
    pub(crate) fn take(&self) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}
