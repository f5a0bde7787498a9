//! What people add to the known issues: taken from files, kept, and known by every worker.

use std::rc::Rc;

use wasm_bindgen::JsCast;
use web_sys::{Blob, File};

use super::super::messages::{Compiled, Outcome, Task, decoded};
use super::super::{Added, added, files, message, timer};
use super::{Session, State};
use crate::kb::{Article, Origin};

impl Session {
    /// Adds what this copy of the page carries and what this browser keeps to the known issues.
    pub async fn restore(&self) {
        let (texts, kept) = added::at_start().await;
        if texts.length() > 0 {
            self.learn(texts, kept).await;
        }
    }

    /// Adds the articles and rules of an archive, unless that was done before; without logs it is not needed again.
    pub(super) fn learn_archive(&self, archive: &Blob, has_logs: bool) {
        let mut state = self.state.borrow_mut();
        if !has_logs {
            let State { given, given_other, .. } = &mut *state;
            [given, given_other].into_iter().for_each(|given| given.retain(|file| **file != *archive));
        }
        if state.learned.contains(archive) {
            return;
        }
        state.learned.push(archive.clone());
        let (session, archive) = (self.clone(), archive.clone());
        wasm_bindgen_futures::spawn_local(async move { session.learn_files(vec![archive.unchecked_into()]).await });
    }

    /// Adds articles and rules.
    pub(super) async fn learn_files(&self, files: Vec<File>) {
        let (own, kept) = {
            let added = self.state.borrow().added.clone();
            (added.sources.clone().unwrap_or_default(), added.kept)
        };
        let pairs = files.iter().map(|file| js_sys::Array::of2(&files::path(file).into(), file));
        self.learn(own.concat(&pairs.collect()), kept).await;
    }

    /// Forgets what was added to the known issues, also what is kept in this browser.
    pub async fn forget_added(&self) {
        // Where nothing can be kept, nothing is.
        let _ = added::keep(None).await;
        self.learn(js_sys::Array::new(), false).await;
    }

    /// Keeps what was added in this browser, or no longer; the error says why it cannot.
    pub async fn keep_added(&self, keep: bool) -> Result<(), String> {
        let sources = self.state.borrow().added.sources.clone();
        added::keep(sources.as_ref().filter(|_| keep)).await.map_err(message)?;
        Rc::make_mut(&mut self.state.borrow_mut().added).kept = keep;
        self.draw();
        Ok(())
    }

    /// A copy of the page that carries what was added.
    pub async fn copy_of_page(&self) -> Result<web_sys::Blob, String> {
        let sources = self.state.borrow().added.sources.clone().unwrap_or_default();
        added::copy(&sources).await.map_err(message)
    }

    /// Knows the articles and rules of an array of `[path, text or File]`, and no others that were added; logs that are
    /// open are checked again.
    async fn learn(&self, texts: js_sys::Array, kept: bool) {
        Rc::make_mut(&mut self.state.borrow_mut().added).busy = true;
        self.draw();
        let outcome = self.pool.run(Task::Compile, texts).await;
        let learned = match outcome {
            Ok(Outcome::Compiled(compiled)) => self.know(compiled, kept).await,
            Ok(_) => Err("an unexpected answer".into()),
            Err(message) => Err(message),
        };
        let added = match learned {
            Ok(added) => added,
            Err(message) => Added { busy: false, faults: vec![message], ..(*self.state.borrow().added).clone() },
        };
        if kept && let Some(sources) = &added.sources {
            // What cannot be kept is still there as long as the page is.
            let _ = added::keep(Some(sources)).await;
        }
        self.state.borrow_mut().added = Rc::new(added);
        let (logs, other) = {
            let state = self.state.borrow();
            (state.given.clone(), state.given_other.clone())
        };
        self.clear();
        self.add(logs, false);
        self.add(other, true);
    }

    /// Knows what a worker has compiled; some of it at a time, so that the page stays awake.
    async fn know(&self, compiled: Compiled, kept: bool) -> Result<Added, String> {
        let mut articles = Vec::new();
        for some in compiled.articles.unchecked_ref::<js_sys::Array>().iter() {
            articles.extend(decoded::<Vec<Article>>(&some)?);
            timer::pause().await;
        }
        let rules = articles.iter().filter(|article| article.origin == Origin::Sigma).count();
        let added = Added::new(&compiled, rules, articles.len() - rules, kept);
        super::super::learn(articles);
        self.pool.teach(compiled.articles);
        Ok(added)
    }
}
