//! One finding: what it means, what to do, and the records that show it.

use std::rc::Rc;

use yew::prelude::*;

use super::article::{ArticleBody, badges, passages};
use super::evidence::EvidenceView;
use super::route::Route;
use super::{foreign, format, names, text};
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
    let files = finding.files.keys().filter_map(|number| props.report.files.get(number));
    let files: Vec<&str> = files.map(|file| file.name.as_str()).collect();
    html! {
        <article>
            <p class="back"><a href={Route::Home.href()}>{ text::finding::ALL }</a></p>
            <h2>{ &article.title }</h2>
            <p class="badges">{ badges(article) }</p>
            if finding.other_windows {
                <p class="notice">{ text::finding::other_windows(&article.applies_to.join(", ")) }</p>
            }
            <dl class="facts">
                <div>
                    <dt>{ text::RECORDS }</dt>
                    <dd>
                        { format::count(finding.count) }
                        if finding.carved > 0 { { text::finding::carved(finding.carved) } }
                    </dd>
                </div>
                <div><dt>{ text::finding::WHEN }</dt><dd>{ format::span(finding.span) }</dd></div>
                if !finding.causes.is_empty() {
                    <div>
                        <dt>{ text::finding::FOLLOWS }</dt>
                        <dd>{ for finding.causes.iter().map(|link| {
                            story(link, &text::finding::follows(link.count, finding.own, &timespan_in_words(link.within)))
                        }) }</dd>
                    </div>
                }
                if !finding.consequences.is_empty() {
                    <div>
                        <dt>{ text::finding::FOLLOWED_BY }</dt>
                        <dd>{ for finding.consequences.iter().map(|link| story(link, &text::finding::followed_by(link.count))) }</dd>
                    </div>
                }
                if finding.untold {
                    <div>
                        <dt>{ text::finding::FOLLOWS }</dt>
                        <dd>{ text::finding::TOO_MANY }</dd>
                    </div>
                }
                if !subjects.is_empty() {
                    <div>
                        <dt>{ text::finding::AFFECTED }</dt>
                        <dd>
                            <ul class="names">
                                { for subjects.iter().take(NAMED_SUBJECTS).map(|(name, count)| html! {
                                    <li>{ foreign(name) }<span class="count">{ " " }{ text::times(*count) }</span></li>
                                }) }
                                if subjects.len() > NAMED_SUBJECTS { <li>{ text::and_more(subjects.len() - NAMED_SUBJECTS) }</li> }
                            </ul>
                        </dd>
                    </div>
                }
                <div>
                    <dt>{ if computers.len() == 1 { text::COMPUTER } else { text::COMPUTERS } }</dt>
                    <dd>{ names(computers.iter().map(|(name, _)| name.as_str()), NAMED_SUBJECTS) }</dd>
                </div>
                <div>
                    <dt>{ if finding.files.len() == 1 { text::FILE } else { text::finding::FILES } }</dt>
                    <dd>{ names(files.iter().copied(), files.len()) }</dd>
                </div>
            </dl>
            if let Some(grade) = article.grade {
                <section>
                    <h3>{ text::finding::WHY }</h3>
                    <p>{ why(grade) }</p>
                    { passages(article) }
                </section>
            }
            <ArticleBody id={article.id.clone()} />
            if !finding.general.is_empty() {
                <section class="general">
                    <h3>{ text::finding::MORE_GENERAL }</h3>
                    <ul>
                        { for finding.general.iter().map(|general| html! {
                            <li>
                                { text::fill(
                                    &text::finding::also_fits(general.article.grade.map(format::grade), general.count),
                                    &[html! {
                                        <a href={Route::Article(general.article.id.clone()).href()}>{ &general.article.title }</a>
                                    }],
                                ) }
                            </li>
                        }) }
                    </ul>
                </section>
            }
            <EvidenceView
                session={props.session.clone()}
                report={props.report.clone()}
                id={article.id.clone()}
                evidence={props.report.evidence(finding)}
                count={finding.count}
                is_reading={props.is_reading}
            />
        </article>
    }
}

/// Another finding of the same story.
fn story(link: &Link<'_>, how: &str) -> Html {
    let article = link.article;
    let title = html! { <a href={Route::Finding(article.id.clone()).href()}>{ &article.title }</a> };
    html! { <div>{ text::fill(how, &[title]) }</div> }
}

/// What the grade of an imported article's match means.
fn why(grade: Grade) -> &'static str {
    match grade {
        Grade::Exact => text::finding::EXACT,
        Grade::Likely => text::finding::LIKELY,
        Grade::SameEvent => text::finding::SAME_EVENT,
    }
}
