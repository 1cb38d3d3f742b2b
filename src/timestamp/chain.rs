//! From the certificate of the authority up to one that the user trusts (RFC 5280 §6.1).

use super::TimestampError;
use super::certificate::Certificate;
use crate::digest::Digest;
use jiff::Timestamp;
use std::collections::BTreeSet;
use x509_parser::pem::Pem;

/// Certificates from the authority's to the anchor, both counted.
const MAX_DEPTH: usize = 8;
/// Signatures of certificates that are looked at before the search is given up.
const MAX_CHECKS: usize = 64;
/// A file of trust anchors, bytes; that of a whole operating system takes 250 KiB.
const MAX_PEM: usize = 1 << 20;

/// The certificates that the user trusts to vouch for time stamping authorities: roots, intermediate ones, or those
/// of the authorities themselves.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrustAnchors {
    certificates: Vec<Vec<u8>>,
}

impl TrustAnchors {
    /// No anchors: then everything is verified except that anybody vouches for the authority.
    pub fn none() -> Self {
        Self::default()
    }

    /// The certificates of a PEM file (RFC 7468), one or many. Other blocks are ignored.
    pub fn from_pem(text: &[u8]) -> Result<Self, TimestampError> {
        let problem = |what: String| TimestampError::Anchors(what);
        if text.len() > MAX_PEM {
            return Err(problem(format!("the file is longer than {MAX_PEM} bytes")));
        }
        let mut certificates = Vec::new();
        for block in Pem::iter_from_buffer(text) {
            let block = block.map_err(|error| problem(format!("not in PEM: {error}")))?;
            if block.label != "CERTIFICATE" {
                continue;
            }
            let number = certificates.len() + 1;
            Certificate::read(number, &block.contents)
                .map_err(|error| problem(format!("certificate {number}: {error}")))?;
            certificates.push(block.contents);
        }
        if certificates.is_empty() {
            let what = "the file holds no certificate (-----BEGIN CERTIFICATE-----)";
            return Err(problem(what.into()));
        }
        Ok(Self { certificates })
    }

    /// These and those of `other`.
    #[must_use]
    pub fn with(mut self, other: Self) -> Self {
        self.certificates.extend(other.certificates);
        self
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.certificates.is_empty()
    }

    /// SHA-256 of each certificate, to be shown beside what rests on them.
    pub fn digests(&self) -> Vec<Digest> {
        let digests = self.certificates.iter().map(|der| Digest::of(der));
        digests.collect()
    }

    pub(super) fn read(&self) -> Result<Vec<Certificate<'_>>, TimestampError> {
        let numbered = self.certificates.iter().enumerate();
        numbered
            .map(|(place, der)| Certificate::read(place, der))
            .collect()
    }
}

/// The way up from a signer.
#[derive(Debug)]
pub(super) struct Chain<'s, 'a> {
    /// The signer's certificate and its issuers, from the token.
    pub(super) members: Vec<&'s Certificate<'a>>,
    /// Where it ends; `None` if no anchors were given.
    pub(super) anchor: Option<&'s Certificate<'a>>,
}

/// The certificates at hand, and the time at which they must be valid.
pub(super) struct Search<'s, 'a> {
    pub(super) token: &'s [Certificate<'a>],
    pub(super) anchors: &'s [Certificate<'a>],
    pub(super) time: Timestamp,
    checks: usize,
    /// The first reason for which a certificate of the right name was not taken.
    obstacle: Option<TimestampError>,
}

impl<'s, 'a> Search<'s, 'a> {
    pub(super) fn new(
        token: &'s [Certificate<'a>],
        anchors: &'s [Certificate<'a>],
        time: Timestamp,
    ) -> Self {
        Self {
            token,
            anchors,
            time,
            checks: 0,
            obstacle: None,
        }
    }

    /// The chain from `signer` to an anchor, or as far as the token goes if there are no anchors.
    pub(super) fn chain_from(
        mut self,
        signer: &'s Certificate<'a>,
    ) -> Result<Chain<'s, 'a>, TimestampError> {
        let mut members = vec![signer];
        let anchor = if self.anchors.is_empty() {
            self.climb_freely(&mut members)?;
            None
        } else if let Some(anchor) = self.climb(&mut members) {
            Some(anchor)
        } else {
            let issuer = signer.issuer_name();
            return Err(self
                .obstacle
                .unwrap_or(TimestampError::Untrusted { issuer }));
        };
        Ok(Chain { members, anchor })
    }

    /// One step: the anchor above the last of `members`, or through a certificate of the token to one.
    fn climb(&mut self, members: &mut Vec<&'s Certificate<'a>>) -> Option<&'s Certificate<'a>> {
        let last = *members.last()?;
        let (anchors, token) = (self.anchors, self.token);
        if let Some(same) = anchors.iter().find(|anchor| anchor.der == last.der) {
            return Some(same);
        }
        if let Some(anchor) = anchors.iter().find(|anchor| self.issued(anchor, members)) {
            return Some(anchor);
        }
        if members.len() >= MAX_DEPTH {
            return None;
        }
        for issuer in token {
            let is_new = members.iter().all(|member| member.place != issuer.place);
            if is_new && self.issued(issuer, members) {
                members.push(issuer);
                if let Some(anchor) = self.climb(members) {
                    return Some(anchor);
                }
                members.pop();
            }
        }
        None
    }

    /// Without anchors: up to where the token ends.
    fn climb_freely(
        &mut self,
        members: &mut Vec<&'s Certificate<'a>>,
    ) -> Result<(), TimestampError> {
        while let Some(last) = members.last()
            && members.len() < MAX_DEPTH
        {
            if last.is_self_issued() {
                return last.check_signed_by(last);
            }
            let mut issuers = self.token.iter();
            let Some(issuer) = issuers.find(|issuer| self.issued(issuer, members)) else {
                break;
            };
            // Another of the same name did not do, but this one does.
            self.obstacle = None;
            if members.iter().any(|member| member.place == issuer.place) {
                break;
            }
            members.push(issuer);
        }
        self.obstacle.take().map_or(Ok(()), Err)
    }

    /// Whether `issuer` issued the last of `members`, and might.
    fn issued(&mut self, issuer: &Certificate<'a>, members: &[&'s Certificate<'a>]) -> bool {
        let Some((last, others)) = members.split_last() else {
            return false;
        };
        if !last.names_issuer(issuer) || self.checks >= MAX_CHECKS {
            return false;
        }
        self.checks += 1;
        // Between the issuer and the signer, who does not count (RFC 5280 §4.2.1.9).
        let between = if others.is_empty() {
            0
        } else {
            let below = members.iter().skip(1);
            below.filter(|member| !member.is_self_issued()).count()
        };
        let outcome = issuer
            .check_issues(between)
            .and_then(|()| issuer.check_valid_at(self.time))
            .and_then(|()| last.check_signed_by(issuer));
        match outcome {
            Ok(()) => true,
            Err(error) => {
                self.obstacle.get_or_insert(error);
                false
            }
        }
    }
}

impl Chain<'_, '_> {
    /// The places of the certificates of the token all of whose bytes are accounted for: the chain, and above it
    /// what leads on to a certificate that is an anchor, is signed by one, or signed itself.
    pub(super) fn accounted(
        &self,
        token: &[Certificate<'_>],
        anchors: &[Certificate<'_>],
    ) -> BTreeSet<usize> {
        let mut places: BTreeSet<usize> = self.members.iter().map(|one| one.place).collect();
        let same = |one: &&Certificate<'_>| self.anchor.is_some_and(|it| it.der == one.der);
        let mut top = self.anchor.or_else(|| self.members.last().copied());
        if let Some(copy) = token.iter().find(same) {
            places.insert(copy.place);
        }
        let is_firm = |one: &Certificate<'_>| {
            let is_above = |other: &Certificate<'_>| {
                one.names_issuer(other) && one.check_signed_by(other).is_ok()
            };
            is_above(one) || anchors.iter().any(|it| it.der == one.der || is_above(it))
        };
        let mut above = Vec::new();
        while let Some(last) = top
            && above.len() < MAX_DEPTH
        {
            top = token.iter().find(|one| {
                let is_new = !places.contains(&one.place) && !above.contains(&one.place);
                is_new && last.names_issuer(one) && last.check_signed_by(one).is_ok()
            });
            let Some(next) = top else { break };
            above.push(next.place);
            if is_firm(next) {
                places.extend(above.drain(..));
            }
        }
        places
    }
}
