//! Decides by which way a request is opened, before the push that may be part of it; and goes that way after it.

use checkpoint_git::Surroundings;
use checkpoint_model::policy::{ForgeKind, PullRequest};

use crate::{
    ForgeError, Outcome, Request, Why, alias,
    caller::{About, Caller},
    cli::{Cli, Program},
    forge::Forge,
    http::Http,
    outcome, pushed,
    site::Site,
    token,
};

/// The way to a pull request. Making one asks the programs of the forge and git's credential helper whether they know
/// us; nothing is opened, and nothing is sent to a host but, by `glab`, the question whether it knows us.
///
/// Where [`push_options`](Self::push_options) or [`push_to`](Self::push_to) say something, the push has to carry it;
/// [`open`](Self::open) comes after the push.
pub struct Plan<'a> {
    request: &'a Request,
    surroundings: &'a Surroundings,
    site: Option<Site>,
    way: Way<'a>,
}

/// The ways.
enum Way<'a> {
    /// Asking the forge.
    Ask(Box<dyn Caller + 'a>, PullRequest),
    /// Options of the push.
    PushOptions,
    /// A push to `refs/for/`.
    Agit,
    /// None; a person may open one.
    Person(Why),
}

impl<'a> Plan<'a> {
    /// Decides: the way asked for; with `auto` the forge's program where it is logged in, else its interface where
    /// there is a token, else GitLab's push options, else none. Fails where the way asked for cannot be gone; that is no
    /// reason not to push.
    pub fn of(request: &'a Request, surroundings: &'a Surroundings) -> Result<Self, ForgeError> {
        let mut plan = Self {
            request,
            surroundings,
            site: alias::site(request, surroundings)?,
            way: Way::Person(Why::Never),
        };
        plan.way = match request.way {
            PullRequest::Auto => plan.auto()?,
            PullRequest::Gh => plan.by_program(Program::Gh)?,
            PullRequest::Glab => plan.by_program(Program::Glab)?,
            PullRequest::Api => plan.by_token()?,
            PullRequest::PushOptions => plan.by_push(&[ForgeKind::Gitlab], Way::PushOptions)?,
            PullRequest::Agit => {
                plan.by_push(&[ForgeKind::Gitea, ForgeKind::Forgejo], Way::Agit)?
            }
            PullRequest::Url => Way::Person(Why::OnlyUrl),
            PullRequest::Never => Way::Person(Why::Never),
        };
        Ok(plan)
    }

    /// By which way the request will be opened; `url` where a person has to do it.
    pub fn via(&self) -> PullRequest {
        match &self.way {
            Way::Ask(_, via) => *via,
            Way::PushOptions => PullRequest::PushOptions,
            Way::Agit => PullRequest::Agit,
            Way::Person(Why::Never) => PullRequest::Never,
            Way::Person(_) => PullRequest::Url,
        }
    }

    /// The page on which a person can open the request, whatever becomes of this plan; none where nobody knows it.
    pub fn compare_url(&self) -> Option<String> {
        let site = self.site.as_ref()?;
        Some(site.compare_page(&self.request.head, &self.request.base))
    }

    /// What the push has to carry, each as the value of a `--push-option`. A server that takes none fails the push with
    /// [`refuses_options`](crate::refuses_options); push again without them then.
    pub fn push_options(&self) -> Vec<String> {
        match &self.way {
            Way::PushOptions => pushed::gitlab_options(self.request),
            Way::Agit => pushed::agit_options(self.request),
            _ => Vec::new(),
        }
    }

    /// The full ref that the branch has to be pushed to in place of its own: AGit's `refs/for/<base>`.
    pub fn push_to(&self) -> Option<String> {
        matches!(self.way, Way::Agit).then(|| pushed::agit_ref(&self.request.base))
    }

    /// Opens the request, unless the push has done so, or finds the one that there is. `printed` is what the push has
    /// printed on both streams; nothing where there was none.
    pub fn open(&self, printed: &[u8]) -> Result<Outcome, ForgeError> {
        let told = pushed::read(printed, self.site.as_ref());
        match &self.way {
            Way::Ask(caller, via) => self
                .forge(&**caller)
                .open(self.request, *via)
                .or_else(|error| self.otherwise(error)),
            Way::PushOptions | Way::Agit => Ok(outcome::of_push(
                told,
                self.request,
                self.site.as_ref(),
                self.via(),
                Why::NotTold,
            )),
            Way::Person(why) => Ok(outcome::of_push(
                told,
                self.request,
                self.site.as_ref(),
                PullRequest::Url,
                *why,
            )),
        }
    }

    /// A program may believe that it is logged in where its login has ended; `auto` then tries a token of ours.
    fn otherwise(&self, error: ForgeError) -> Result<Outcome, ForgeError> {
        let is_program = matches!(self.via(), PullRequest::Gh | PullRequest::Glab);
        let is_login = matches!(error, ForgeError::TokenRefused { .. });
        if self.request.way != PullRequest::Auto || !is_program || !is_login {
            return Err(error);
        }
        match self.token_caller()? {
            Some(http) => self.forge(&http).open(self.request, PullRequest::Api),
            None => Err(error),
        }
    }

    /// The forge, to be asked something else than to open a request: also where the push opens it, if there is a token.
    pub(crate) fn ask<T>(
        &self,
        question: impl FnOnce(&Forge<'_>) -> Result<T, ForgeError>,
    ) -> Result<T, ForgeError> {
        let site = self.known_site()?;
        if let Way::Ask(caller, _) = &self.way {
            return question(&self.forge(&**caller));
        }
        match self.token_caller()? {
            Some(http) => question(&self.forge(&http)),
            None => Err(self.no_token(site)),
        }
    }

    fn forge<'b>(&'b self, caller: &'b (dyn Caller + 'b)) -> Forge<'b> {
        let site = self
            .site
            .as_ref()
            .expect("whoever is asked is a forge that is known");
        Forge { site, caller }
    }

    fn auto(&self) -> Result<Way<'a>, ForgeError> {
        let Some(site) = &self.site else {
            return Ok(Way::Person(Why::HostUnknown));
        };
        let program = [Program::Gh, Program::Glab]
            .into_iter()
            .find(|program| program.forge() == site.kind);
        if let Some(program) = program
            && let Some(cli) = self.cli(program, site)
            // A program that hangs or is broken is none.
            && cli.is_logged_in().unwrap_or(false)
        {
            return Ok(Way::Ask(Box::new(cli), via(program)));
        }
        Ok(match self.token_caller()? {
            Some(http) => Way::Ask(Box::new(http), PullRequest::Api),
            None if site.kind == ForgeKind::Gitlab => Way::PushOptions,
            None => Way::Person(Why::NoLogin),
        })
    }

    fn by_program(&self, program: Program) -> Result<Way<'a>, ForgeError> {
        let site = self.known_site()?;
        if site.kind != program.forge() {
            return Err(self.unfit(site));
        }
        let name = program.name();
        let cli = self.cli(program, site);
        let cli = cli.ok_or(ForgeError::NoProgram { program: name })?;
        match cli.is_logged_in()? {
            true => Ok(Way::Ask(Box::new(cli), via(program))),
            false => Err(ForgeError::NotLoggedIn {
                program: name,
                host: site.host.clone(),
            }),
        }
    }

    fn by_token(&self) -> Result<Way<'a>, ForgeError> {
        let site = self.known_site()?;
        match self.token_caller()? {
            Some(http) => Ok(Way::Ask(Box::new(http), PullRequest::Api)),
            None => Err(self.no_token(site)),
        }
    }

    /// A way that is part of the push. It works without knowing the host, but not with a forge of another kind.
    fn by_push(&self, kinds: &[ForgeKind], way: Way<'a>) -> Result<Way<'a>, ForgeError> {
        match &self.site {
            Some(site) if !kinds.contains(&site.kind) => Err(self.unfit(site)),
            _ => Ok(way),
        }
    }

    fn cli(&self, program: Program, site: &Site) -> Option<Cli<'a>> {
        Cli::find(
            program,
            site,
            self.about(site),
            self.surroundings,
            self.request.time_limit,
        )
    }

    fn token_caller(&self) -> Result<Option<Http>, ForgeError> {
        let Some(site) = &self.site else {
            return Ok(None);
        };
        let limit = self.request.time_limit;
        let found = token::find(site, &self.request.remote, self.surroundings, limit)?;
        let http = |token: token::Token| {
            let about = About {
                token: token.from.clone(),
                ..self.about(site)
            };
            Http::new(site, &token, about, self.surroundings, limit)
        };
        found.map(http).transpose()
    }

    fn about(&self, site: &Site) -> About {
        About {
            host: site.host.clone(),
            kind: site.kind,
            path: site.path.clone(),
            token: String::new(),
            help: token::help(site),
            secrets: token::secrets(&self.request.remote, self.surroundings),
            now: self.surroundings.now,
        }
    }

    fn known_site(&self) -> Result<&Site, ForgeError> {
        self.site.as_ref().ok_or_else(|| ForgeError::HostUnknown {
            host: self.request.remote.authority(),
        })
    }

    /// Where no program of the forge's is asked, a login of its does not help.
    fn no_token(&self, site: &Site) -> ForgeError {
        ForgeError::NoToken {
            host: site.host.clone(),
            help: match self.request.way {
                PullRequest::Auto => token::help(site),
                _ => token::export(site),
            },
        }
    }

    fn unfit(&self, site: &Site) -> ForgeError {
        ForgeError::WayUnfit {
            way: self.request.way,
            forge: site.kind,
        }
    }
}

fn via(program: Program) -> PullRequest {
    match program {
        Program::Gh => PullRequest::Gh,
        Program::Glab => PullRequest::Glab,
    }
}
