//! One finding: what it means, what to do, and the records that show it.

use std::rc::Rc;

use yew::prelude::*;

use super::article::{ArticleBody, badges, passages};
use super::evidence::EvidenceView;
use super::route::Route;
use super::{foreign, format};
use crate::checkup::{Finding, Link, Report};
use crate::detection::correlation::timespan_in_words;
use crate::kb::import::Grade;
use crate::web::session::Session;

/// Affected things and computers that are named.
const NAMED_SUBJECTS: usize = 30;

/// Which finding to show.
#[derive(Properties)]
pub struct Props {
    /// The session that can read records again.
    pub session: Session,
    /// What was found.
    pub report: Rc<Report>,
    /// The finding.
    pub finding: Finding<'static>,
    /// Files are being read.
    pub is_reading: bool,
}

impl PartialEq for Props {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.report, &other.report)
            && self.finding.article.id == other.finding.article.id
            && self.is_reading == other.is_reading
    }
}

/// The finding with its article and evidence.
#[component]
pub fn FindingView(props: &Props) -> Html {
    let finding = &props.finding;
    let article = finding.article;
    let subjects = finding.subjects.by_count();
    let computers = finding.computers.by_count();
    html! {
        <article>
            <p class="back"><a href={Route::Home.href()}>{ "‹ All findings" }</a></p>
            <h2>{ &article.title }</h2>
            <p class="badges">{ badges(article) }</p>
            if finding.other_windows {
                <p class="notice">
                    { format!("This article is about {}. No log here that shows the event was written by one of those, so read it with care.", article.applies_to.join(", ")) }
                </p>
            }
            <dl class="facts">
                <div>
                    <dt>{ "Records" }</dt>
                    <dd>
                        { format::count(finding.count) }
                        if finding.carved > 0 { { format!(", {} of them carved: their log had given them up", format::count(finding.carved)) } }
                    </dd>
                </div>
                <div><dt>{ "When" }</dt><dd>{ format::span(finding.span) }</dd></div>
                if !finding.causes.is_empty() {
                    <div>
                        <dt>{ "Follows" }</dt>
                        <dd>{ for finding.causes.iter().map(|link| story(link, format!(
                            ": {} of {} within {} after it on the same computer",
                            format::count(link.count), format::counted(finding.own, "record", "records"), timespan_in_words(link.within),
                        ))) }</dd>
                    </div>
                }
                if !finding.consequences.is_empty() {
                    <div>
                        <dt>{ "Followed by" }</dt>
                        <dd>{ for finding.consequences.iter().map(|link| story(link, format!(": {}", format::counted(link.count, "record", "records")))) }</dd>
                    </div>
                }
                if finding.untold {
                    <div>
                        <dt>{ "Follows" }</dt>
                        <dd>{ "Not known: there are too many records to tell what they follow and what follows them." }</dd>
                    </div>
                }
                if !subjects.is_empty() {
                    <div>
                        <dt>{ "Affected" }</dt>
                        <dd>
                            <ul class="names">
                                { for subjects.iter().take(NAMED_SUBJECTS).map(|(name, count)| html! {
                                    <li>{ foreign(name) }<span class="count">{ format!(" {}×", format::count(*count)) }</span></li>
                                }) }
                                if subjects.len() > NAMED_SUBJECTS { <li>{ format!("and {} more", subjects.len() - NAMED_SUBJECTS) }</li> }
                            </ul>
                        </dd>
                    </div>
                }
                <div>
                    <dt>{ if computers.len() == 1 { "Computer" } else { "Computers" } }</dt>
                    <dd>
                        { for computers.iter().take(NAMED_SUBJECTS).enumerate().map(|(index, (name, _))| html! {
                            <>{ if index > 0 { ", " } else { "" } }{ foreign(name) }</>
                        }) }
                        if computers.len() > NAMED_SUBJECTS { { format!(" and {} more", computers.len() - NAMED_SUBJECTS) } }
                    </dd>
                </div>
                <div>
                    <dt>{ if finding.files.len() == 1 { "File" } else { "Files" } }</dt>
                    <dd>{ for finding.files.keys().filter_map(|number| props.report.files.get(number)).enumerate().map(|(index, file)| html! {
                        <>{ if index > 0 { ", " } else { "" } }{ foreign(&file.name) }</>
                    }) }</dd>
                </div>
            </dl>
            if let Some(grade) = article.grade {
                <section>
                    <h3>{ "Why it matches" }</h3>
                    <p>{ why(grade) }</p>
                    { passages(article) }
                </section>
            }
            <ArticleBody id={article.id.clone()} />
            if !finding.general.is_empty() {
                <section class="general">
                    <h3>{ "More general" }</h3>
                    <ul>
                        { for finding.general.iter().map(|general| html! {
                            <li>
                                <a href={Route::Article(general.article.id.clone()).href()}>{ &general.article.title }</a>
                                if let Some(grade) = general.article.grade { { format!(" (imported, {})", format::grade(grade)) } }
                                { format!(" also fits {}.", format::counted(general.count, "of these records", "of these records")) }
                            </li>
                        }) }
                    </ul>
                </section>
            }
            <EvidenceView
                session={props.session.clone()}
                report={props.report.clone()}
                id={article.id.clone()}
                evidence={finding.evidence.sorted()}
                count={finding.count}
                is_reading={props.is_reading}
            />
        </article>
    }
}

/// Another finding of the same story.
fn story(link: &Link<'_>, how: String) -> Html {
    let article = link.article;
    html! { <div><a href={Route::Finding(article.id.clone()).href()}>{ &article.title }</a>{ how }</div> }
}

/// What the grade of an imported article's match means.
fn why(grade: Grade) -> &'static str {
    match grade {
        Grade::Exact => "Exact: every value that this imported article gives for the event agrees. It says:",
        Grade::Likely => "Likely: some values agree, or this imported article gives none. It says:",
        Grade::SameEvent => "Same event only: the values are others than this imported article gives. It says:",
    }
}
