//! A forge that can be asked: a request is looked for before one is made, and once more where that failed.

use checkpoint_model::policy::PullRequest;

use crate::{
    ForgeError, Opened, Outcome, Request,
    caller::Caller,
    dialect::{self, Dialect, Found, Wanted},
    draft,
    shown::web_url,
    site::Site,
};

/// A repository on a forge, and who carries questions there.
pub(crate) struct Forge<'a> {
    pub(crate) site: &'a Site,
    pub(crate) caller: &'a dyn Caller,
}

impl Forge<'_> {
    /// Opens the request, or finds the one that there is.
    pub(crate) fn open(&self, request: &Request, via: PullRequest) -> Result<Outcome, ForgeError> {
        if let Some(found) = self.find(request)? {
            return Ok(self.opened(found, via, true));
        }
        let wanted = Wanted {
            head: &request.head,
            base: &request.base,
            title: draft::title(Some(self.site.kind), &request.title, request.draft),
            body: draft::body(&request.body),
            draft: request.draft,
        };
        match self.dialect().create(self.site, self.caller, &wanted) {
            Ok(found) => Ok(self.opened(found, via, false)),
            Err(error) => self.found_after(error, request, via),
        }
    }

    /// Where the forge refuses, somebody may have been faster; where its answer did not come, it may have done it.
    fn found_after(
        &self,
        error: ForgeError,
        request: &Request,
        via: PullRequest,
    ) -> Result<Outcome, ForgeError> {
        let existed = match &error {
            ForgeError::Refused { .. } => true,
            error if error.is_unsettled() => false,
            _ => return Err(error),
        };
        match self.find(request) {
            Ok(Some(found)) => Ok(self.opened(found, via, existed)),
            // What failed first is what the person has to know.
            _ => Err(error),
        }
    }

    fn find(&self, request: &Request) -> Result<Option<Found>, ForgeError> {
        let (head, base) = (&request.head, &request.base);
        self.dialect().find(self.site, self.caller, head, base)
    }

    /// What the forge says is the page counts if it is an address; else its usual place.
    fn opened(&self, found: Found, via: PullRequest, existed: bool) -> Outcome {
        let said = found.url.as_deref().and_then(web_url);
        Outcome::Opened(Opened {
            url: said.unwrap_or_else(|| self.site.request_page(found.number)),
            number: found.number,
            forge: Some(self.site.kind),
            via,
            existed,
        })
    }

    pub(crate) fn dialect(&self) -> &'static Dialect {
        dialect::of(self.site.kind)
    }
}
