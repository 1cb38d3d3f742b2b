//! Which lines of the journal concern a flag.

use super::bundle::LeftOut;
use super::gather::concern_of;
use crate::capture::Manifest;
use crate::custody::{CustodyAct, CustodyEvent};
use crate::flag::{Flag, Visit};
use crate::id::{CaptureId, FlagId, RunId};
use crate::review::Decision;
use crate::store::{
    ArchivedRuleset, JournalLine, LinePlace, LogCosignature, LogTimestamp, Run, RunFinished, Store,
    StoreError, WarcFile,
};
use memchr::memmem::Finder;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// By what a kind of line concerns a flag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Concern {
    /// If it names the site.
    Site,
    /// If it names the flag.
    Flag,
    /// Perhaps always.
    Anything,
    /// Never.
    Nothing,
}

/// What was seen of the journal so far: where things are that may turn out to belong to the flag.
#[derive(Debug)]
pub(super) struct Concerns {
    id: FlagId,
    names_site: Finder<'static>,
    names_flag: Finder<'static>,
    site: String,
    /// Lines that belong to it in any case.
    kept: BTreeMap<u64, LinePlace>,
    flags: Vec<(RunId, LinePlace)>,
    last_flag: Option<Flag>,
    decisions: Vec<Decision>,
    visits: HashMap<RunId, LinePlace>,
    manifests: HashMap<CaptureId, LinePlace>,
    runs: HashMap<RunId, Vec<LinePlace>>,
    /// Runs whose list names other sites.
    lists: BTreeSet<u64>,
    rulesets: HashMap<String, LinePlace>,
    warc_files: HashMap<String, Vec<LinePlace>>,
    timestamps: BTreeMap<u64, Vec<LinePlace>>,
    cosignatures: BTreeMap<u64, Vec<LinePlace>>,
    size: u64,
}

/// What was chosen.
#[derive(Debug)]
pub(super) struct Choice {
    pub(super) flag: Flag,
    pub(super) places: BTreeMap<u64, LinePlace>,
    pub(super) rulesets: Vec<String>,
    pub(super) stamped: BTreeSet<u64>,
    pub(super) left_out: Vec<LeftOut>,
    lists: BTreeSet<u64>,
}

#[derive(Deserialize)]
struct OfSite {
    site: String,
}

impl Concerns {
    /// Nothing seen yet.
    pub(super) fn of(store: &Store, id: &FlagId) -> Result<Self, StoreError> {
        let site = store.flag(id)?.site;
        let quoted = serde_json::Value::String(site.clone()).to_string();
        Ok(Self {
            id: id.clone(),
            names_site: Finder::new(&quoted).into_owned(),
            names_flag: Finder::new(id.as_str()).into_owned(),
            site,
            kept: BTreeMap::new(),
            flags: Vec::new(),
            last_flag: None,
            decisions: Vec::new(),
            visits: HashMap::new(),
            manifests: HashMap::new(),
            runs: HashMap::new(),
            lists: BTreeSet::new(),
            rulesets: HashMap::new(),
            warc_files: HashMap::new(),
            timestamps: BTreeMap::new(),
            cosignatures: BTreeMap::new(),
            size: 0,
        })
    }

    /// Remembers the next line, if it may belong to the flag.
    pub(super) fn look_at(&mut self, line: &JournalLine) -> Result<(), StoreError> {
        self.size = line.seq;
        match concern_of(&line.kind) {
            Concern::Site if self.names_site.find(&line.bytes).is_some() => {
                self.look_at_site_line(line)
            }
            Concern::Flag if self.names_flag.find(&line.bytes).is_some() => {
                self.look_at_flag_line(line)
            }
            Concern::Anything => self.look_at_other_line(line),
            Concern::Site | Concern::Flag | Concern::Nothing => Ok(()),
        }
    }

    fn look_at_site_line(&mut self, line: &JournalLine) -> Result<(), StoreError> {
        if line.record::<OfSite>()?.site != self.site {
            return Ok(());
        }
        match line.kind.as_str() {
            "manifest" => {
                let manifest: Manifest = line.record()?;
                self.manifests.insert(manifest.id, line.place());
            }
            "visit" => {
                let visit: Visit = line.record()?;
                self.visits.insert(visit.run, line.place());
            }
            _ => self.keep(line),
        }
        Ok(())
    }

    fn look_at_flag_line(&mut self, line: &JournalLine) -> Result<(), StoreError> {
        if line.kind == "flag" {
            let flag: Flag = line.record()?;
            if flag.id == self.id {
                self.flags.push((flag.run.clone(), line.place()));
                self.last_flag = Some(flag);
            }
            return Ok(());
        }
        let decision: Decision = line.record()?;
        if decision.flag == self.id {
            self.decisions.push(decision);
            self.keep(line);
        }
        Ok(())
    }

    fn look_at_other_line(&mut self, line: &JournalLine) -> Result<(), StoreError> {
        let place = line.place();
        match line.kind.as_str() {
            "run" => {
                let run: Run = line.record()?;
                if run.suspects.len() > 1 {
                    self.lists.insert(line.seq);
                }
                self.runs.entry(run.id).or_default().push(place);
            }
            "run_finished" => {
                let finished: RunFinished = line.record()?;
                self.runs.entry(finished.run).or_default().push(place);
            }
            "ruleset" => {
                let ruleset: ArchivedRuleset = line.record()?;
                self.rulesets.insert(ruleset.version, place);
            }
            "warc_file" => {
                let file: WarcFile = line.record()?;
                self.warc_files.entry(file.file).or_default().push(place);
            }
            "timestamp" => {
                let stamp: LogTimestamp = line.record()?;
                self.timestamps.entry(stamp.size).or_default().push(place);
            }
            "cosignature" => {
                let signed: LogCosignature = line.record()?;
                self.cosignatures
                    .entry(signed.size)
                    .or_default()
                    .push(place);
            }
            "custody" => {
                let event: CustodyEvent = line.record()?;
                if event.act == CustodyAct::Backup || event.flag.as_ref() == Some(&self.id) {
                    self.keep(line);
                }
            }
            _ => self.keep(line),
        }
        Ok(())
    }

    fn keep(&mut self, line: &JournalLine) {
        self.kept.insert(line.seq, line.place());
    }

    /// Chooses what belongs to the flag, now that everything was seen; `None` if there was no flag.
    pub(super) fn choose(mut self, store: &Store) -> Result<Option<Choice>, StoreError> {
        let Some(flag) = self.last_flag.take() else {
            return Ok(None);
        };
        let grounds = self.decisions.iter().map(|decision| &decision.grounds);
        let runs: BTreeSet<RunId> = grounds
            .clone()
            .map(|grounds| grounds.run.clone())
            .chain([flag.run.clone()])
            .collect();
        let captures: BTreeSet<CaptureId> = grounds
            .clone()
            .flat_map(|grounds| grounds.captures.clone())
            .chain(flag.captures.clone())
            .collect();
        let versions: BTreeSet<String> = grounds
            .map(|grounds| grounds.ruleset.clone())
            .chain([flag.ruleset.clone()])
            .collect();
        let mut choice = Choice {
            flag,
            places: std::mem::take(&mut self.kept),
            rulesets: Vec::new(),
            stamped: BTreeSet::new(),
            left_out: Vec::new(),
            lists: std::mem::take(&mut self.lists),
        };
        for (run, place) in &self.flags {
            if runs.contains(run) {
                choice.add(*place);
            }
        }
        let captures = self.choose_visits(store, &runs, captures, &mut choice)?;
        self.choose_captures(store, captures, &mut choice)?;
        for version in versions {
            match self.rulesets.get(&version) {
                Some(place) => {
                    choice.add(*place);
                    choice.rulesets.push(version);
                }
                None => choice.left_out.push(LeftOut {
                    which: Some(version),
                    ..LeftOut::of("ruleset", 1, "it was never archived")
                }),
            }
        }
        self.choose_signatures(&mut choice);
        Ok(Some(choice))
    }

    /// Adds visits and runs; gives all captures that are wanted.
    fn choose_visits(
        &self,
        store: &Store,
        runs: &BTreeSet<RunId>,
        mut captures: BTreeSet<CaptureId>,
        choice: &mut Choice,
    ) -> Result<BTreeSet<CaptureId>, StoreError> {
        let mut others = 0;
        for (run, place) in &self.visits {
            if !runs.contains(run) {
                others += 1;
                continue;
            }
            choice.add(*place);
            let visit: Visit = store.line_at(*place)?.record()?;
            captures.extend(visit.captures);
            captures.extend(visit.loaded);
            let covering = self.timestamps.range(place.seq()..).next();
            choice.stamped.extend(covering.map(|(size, _)| *size));
        }
        if others > 0 {
            let why = "neither the flag nor a decision about it is grounded on them";
            choice.left_out.push(LeftOut::of("visit", others, why));
        }
        for place in runs.iter().filter_map(|run| self.runs.get(run)).flatten() {
            choice.add(*place);
        }
        Ok(captures)
    }

    /// Adds manifests, also of those captures that hold the bodies of revisits, and the files' digests.
    fn choose_captures(
        &self,
        store: &Store,
        captures: BTreeSet<CaptureId>,
        choice: &mut Choice,
    ) -> Result<(), StoreError> {
        let mut files = BTreeSet::new();
        for id in captures {
            let Some(place) = self.manifests.get(&id) else {
                let why = "its manifest is not in the journal".to_owned();
                choice.left_out.push(LeftOut::capture(&id, why));
                continue;
            };
            let manifest: Manifest = store.line_at(*place)?.record()?;
            choice.add(*place);
            files.extend(manifest.positions().map(|position| position.file.clone()));
            if let Some(earlier) = manifest.revisit_of {
                match store.manifest_line(&earlier.capture) {
                    Ok(line) => choice.add(line.place()),
                    // The record of a site that was deleted.
                    Err(StoreError::Unknown { .. }) => {
                        let why = "its manifest was deleted".to_owned();
                        choice
                            .left_out
                            .push(LeftOut::capture(&earlier.capture, why));
                    }
                    Err(error) => return Err(error),
                }
                files.insert(earlier.warc.file);
            }
        }
        let files = files.iter().filter_map(|file| self.warc_files.get(file));
        files.flatten().for_each(|place| choice.add(*place));
        Ok(())
    }

    fn choose_signatures(&self, choice: &mut Choice) {
        choice.stamped.retain(|size| *size < self.size);
        let sizes: Vec<u64> = choice.stamped.iter().copied().chain([self.size]).collect();
        for size in sizes {
            let both = [&self.timestamps, &self.cosignatures];
            for place in both.iter().filter_map(|of| of.get(&size)).flatten() {
                choice.add(*place);
            }
        }
    }
}

impl Choice {
    fn add(&mut self, place: LinePlace) {
        self.places.insert(place.seq(), place);
    }

    /// Leaves out the records of runs whose lists name other sites.
    pub(super) fn withhold_lists(&mut self) {
        let lists = &self.lists;
        let before = self.places.len();
        self.places.retain(|seq, _| !lists.contains(seq));
        let count = (before - self.places.len()) as u64;
        if count > 0 {
            let why = "their lists name other sites";
            self.left_out.push(LeftOut::of("run", count, why));
        }
    }
}
