//! What people add to the known issues: taken from files, kept, and known by every worker.

use std::rc::Rc;

use js_sys::Array;
use web_sys::{Blob, File};

use super::super::messages::{Compiled, Outcome, Task, decoded};
use super::super::{Added, added, built_in, files, imported, learn, message, now, timer, with};
use super::{REDRAW_MILLISECONDS, Session, State};
use crate::kb::{Article, Origin};

impl Session {
    /// Adds what this copy of the page carries and what this browser keeps to the known issues.
    pub async fn restore(&self) {
        let (texts, kept) = added::at_start().await;
        if texts.length() > 0 {
            Rc::make_mut(&mut self.state.borrow_mut().added).kept = kept;
            self.learn(&texts).await;
        }
    }

    /// Adds the articles and rules of a file with a name, unless that was done before; without logs it is not needed again.
    pub(super) fn learn_given(&self, file: &Blob, name: &str, has_logs: bool) {
        let mut state = self.state.borrow_mut();
        if !has_logs {
            let State { given, given_other, .. } = &mut *state;
            [given, given_other].into_iter().for_each(|given| given.retain(|own| **own != *file));
        }
        if state.learned.contains(file) {
            return;
        }
        state.learned.push(file.clone());
        let (session, pairs) = (self.clone(), Array::of1(&Array::of2(&name.into(), file)));
        wasm_bindgen_futures::spawn_local(async move { session.learn(&pairs).await });
    }

    /// Adds articles and rules.
    pub(super) async fn learn_files(&self, files: Vec<File>) {
        let pairs = files.iter().map(|file| Array::of2(&files::path(file).into(), file));
        self.learn(&pairs.collect()).await;
    }

    /// Ends the reading of articles; what was read is used.
    pub fn stop_learning(&self) {
        wasm_bindgen_futures::spawn_local(imported::stop());
    }

    /// Forgets what was added to the known issues, also what is kept in this browser.
    pub async fn forget_added(&self) {
        // Where nothing can be kept, nothing is.
        let _ = added::keep(None).await;
        imported::forget();
        self.state.borrow_mut().added = Rc::default();
        learn(built_in(), built_in());
        self.pool.teach(Array::new().into());
        self.check_again();
    }

    /// Keeps what was added in this browser, or no longer; the error says why it cannot.
    pub async fn keep_added(&self, keep: bool) -> Result<(), String> {
        let all = self.state.borrow().added.all();
        added::keep(keep.then_some(&all)).await.map_err(message)?;
        Rc::make_mut(&mut self.state.borrow_mut().added).kept = keep;
        self.draw();
        Ok(())
    }

    /// A copy of the page that carries what was added, and how many imported articles it does not carry.
    pub async fn copy_of_page(&self) -> Result<(Blob, usize), String> {
        let own = self.state.borrow().added.sources.clone();
        let (texts, left_out) = imported::texts().await.unwrap_or_default();
        Ok((added::copy(&own.concat(&texts)).await.map_err(message)?, left_out))
    }

    /// Adds the articles and rules of an array of `[path, text or Blob]`, after those that are being read.
    async fn learn(&self, pairs: &Array) {
        {
            let mut state = self.state.borrow_mut();
            state.waiting = state.waiting.concat(pairs);
            if state.added.reading.is_some() {
                return;
            }
        }
        while self.state.borrow().waiting.length() > 0 {
            let pairs = std::mem::take(&mut self.state.borrow_mut().waiting);
            self.learn_now(&pairs).await;
        }
    }

    /// The same at once; logs that are open are checked again.
    async fn learn_now(&self, pairs: &Array) {
        let old = self.state.borrow().added.clone();
        Rc::make_mut(&mut self.state.borrow_mut().added).reading = Some(Default::default());
        self.draw();
        let given = old.sources.concat(pairs);
        let session = self.clone();
        let progress = move |outcome| {
            let Outcome::Compiling(share) = outcome else { return };
            Rc::make_mut(&mut session.state.borrow_mut().added).reading = Some(share);
            let drawn = session.state.borrow().drawn;
            if now() - drawn > REDRAW_MILLISECONDS {
                session.draw();
            }
        };
        let outcome = match imported::worker() {
            Ok(worker) => worker.run_parted(Task::Compile, given.clone(), progress).await,
            Err(message) => Err(message),
        };
        let kept = self.state.borrow().added.kept;
        let learned = match outcome {
            Ok(Outcome::Compiled(compiled)) => self.know(&old, &given, compiled).await,
            Ok(_) => Err("an unexpected answer".into()),
            Err(message) => Err(message),
        };
        // A worker that died has no imported articles any more.
        let added = learned.unwrap_or_else(|message| Added {
            faults: vec![message],
            library: Default::default(),
            origins: Array::new(),
            imported: Array::new(),
            ..(*old).clone()
        });
        if kept {
            // What cannot be kept is still there as long as the page is.
            let _ = added::keep(Some(&added.all())).await;
        }
        self.state.borrow_mut().added = Rc::new(Added { kept, ..added });
        self.check_again();
    }

    /// Knows what a worker has compiled of what was given to it, beside what was imported before.
    async fn know(&self, old: &Added, given: &Array, compiled: Compiled) -> Result<Added, String> {
        let Compiled { library, origins, faults, stopped, .. } = compiled;
        let (own, sources) = (Array::from(&compiled.articles), Array::from(&compiled.sources));
        let imported = old.imported.concat(&Array::from(&compiled.imported));
        let origins = old.origins.concat(&origins.into_iter().map(|number| given.get(number)).collect());
        let (articles, matching) = (articles(&own).await?, articles(&imported).await?);
        let rules = articles.iter().filter(|article| article.origin == Origin::Sigma).count();
        let articles_alone = articles.len() - rules;
        let catalogue = with(built_in(), articles);
        timer::pause().await;
        let knowledge = with(catalogue, matching);
        timer::pause().await;
        learn(catalogue, knowledge);
        self.pool.teach(own.concat(&imported).into());
        Ok(Added {
            articles: articles_alone,
            rules,
            library,
            faults,
            reading: None,
            stopped,
            sources,
            origins,
            imported,
            ..Added::default()
        })
    }

    /// Checks the logs that are open again.
    fn check_again(&self) {
        let (logs, other) = {
            let state = self.state.borrow();
            (state.given.clone(), state.given_other.clone())
        };
        self.clear();
        self.add(logs, false);
        self.add(other, true);
    }
}

/// What [`encoded`](super::super::messages::encoded) made of articles; some of it at a time, so that the page stays awake.
async fn articles(encoded: &Array) -> Result<Vec<Article>, String> {
    let mut articles = Vec::new();
    for some in encoded.iter() {
        articles.extend(decoded::<Vec<Article>>(&some)?);
        timer::pause().await;
    }
    Ok(articles)
}
