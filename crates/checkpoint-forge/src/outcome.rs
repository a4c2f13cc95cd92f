//! What comes of a push that may have opened a request.

use checkpoint_model::policy::PullRequest;

use crate::{NotOpened, Opened, Outcome, Request, Why, pushed::Told, site::Site};

/// The request that the server told of; else where a person can open one.
pub(crate) fn of_push(
    told: Told,
    request: &Request,
    site: Option<&Site>,
    via: PullRequest,
    why: Why,
) -> Outcome {
    let page = |(number, url): (u64, Option<String>)| {
        let url = url.or_else(|| site.map(|site| site.request_page(number)))?;
        Some((number, url))
    };
    if why != Why::Never
        && let Some((number, url)) = told.request.and_then(page)
    {
        return Outcome::Opened(Opened {
            url,
            number,
            forge: site.map(|site| site.kind),
            via,
            existed: match via {
                PullRequest::Agit => !told.is_new,
                // Nothing tells; the options asked for one, and there is one.
                PullRequest::PushOptions => false,
                _ => true,
            },
        });
    }
    let compare_page = site.map(|site| site.compare_page(&request.head, &request.base));
    Outcome::NotOpened(NotOpened {
        compare_url: compare_page.or(told.compare_page),
        why,
    })
}
