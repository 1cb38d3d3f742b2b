//! TAXII 2.1, by itself and through taxii2-client.

use super::lab::{Lab, Served};
use super::python::{printed, python};
use std::collections::BTreeSet;

const ROOT: &str = "/taxii2/root/";
const TAXII: &str = "application/taxii+json;version=2.1";

fn served() -> (Lab, Served, String) {
    let lab = Lab::new();
    lab.order(&["shop-a.example", "shop-b.example"]);
    lab.issue(2_026_030_601, "2026-03-06T06:00:00.123456789Z");
    lab.order(&["shop-c.example"]);
    lab.issue(2_026_030_701, "2026-03-07T06:00:00Z");
    let served = Served::start(&lab, &[]);
    let collections = served.get(&format!("{ROOT}collections/")).json();
    let id = collections["collections"][0]["id"].as_str().unwrap();
    let collection = format!("{ROOT}collections/{id}/");
    (lab, served, collection)
}

#[test]
fn every_resource_says_what_it_is_and_other_media_types_are_refused() {
    let (_lab, served, collection) = served();
    let discovery = served.get("/taxii2/").json();
    assert_eq!(discovery["api_roots"][0], ROOT);
    let about = served.get(&collection).json();
    assert_eq!(
        (&about["can_read"], &about["can_write"]),
        (&true.into(), &false.into())
    );
    for target in [
        "/taxii2/".to_owned(),
        ROOT.to_owned(),
        format!("{collection}objects/"),
    ] {
        for (accept, status) in [
            (TAXII, 200),
            ("application/taxii+json", 200),
            ("application/taxii+json; version=2.1", 200),
            ("*/*", 200),
            ("application/taxii+json;version=2.0", 406),
            ("application/json", 406),
            ("text/html", 406),
        ] {
            let answered = served.ask("GET", &target, &[("Accept", accept)]);
            assert_eq!(answered.status, status, "{target} {accept}");
            assert_eq!(answered.header("content-type"), TAXII);
            if status == 406 {
                assert_eq!(answered.json()["http_status"], "406");
            }
        }
    }
    let nowhere = served.get(&format!("{ROOT}collections/other/objects/"));
    assert_eq!(
        (nowhere.status, nowhere.header("content-type")),
        (404, TAXII)
    );
    let written = served.ask("POST", &format!("{collection}objects/"), &[]);
    assert_eq!(
        (written.status, written.header("content-type")),
        (405, TAXII)
    );
}

#[test]
fn pages_hold_every_object_once_and_wrong_filters_are_refused() {
    let (_lab, served, collection) = served();
    let whole = served.get(&format!("{collection}objects/"));
    assert_eq!(
        whole.header("x-taxii-date-added-first"),
        "2026-03-06T06:00:00.123456Z"
    );
    assert_eq!(
        whole.header("x-taxii-date-added-last"),
        "2026-03-07T06:00:00.000000Z"
    );
    let whole = whole.json();
    assert_eq!(whole["objects"].as_array().unwrap().len(), 2 + 3 * 5);
    let (mut ids, mut next) = (BTreeSet::new(), String::new());
    loop {
        let page = served
            .get(&format!("{collection}objects/?limit=2{next}"))
            .json();
        for object in page["objects"].as_array().unwrap() {
            assert!(ids.insert(object["id"].as_str().unwrap().to_owned()));
        }
        if page["more"] != true {
            break;
        }
        next = format!("&next={}", page["next"].as_str().unwrap());
    }
    assert_eq!(ids.len(), 17);
    let later = format!("{collection}objects/?added_after=2026-03-06T06:00:00.123456Z");
    let later = served.get(&later).json();
    assert_eq!(later["objects"].as_array().unwrap().len(), 5);
    let none = served.get(&format!(
        "{collection}objects/?added_after=2026-03-07T06:00:00Z"
    ));
    assert_eq!(none.text(), "{}");
    for (query, count) in [
        ("match[type]=indicator", 3),
        ("match[type]=indicator,sighting", 6),
        ("match[spec_version]=2.0", 0),
        ("match[spec_version]=2.1&match[version]=all", 17),
        ("match[version]=2016-01-01T00:00:00Z", 0),
    ] {
        let found = served.get(&format!("{collection}objects/?{query}")).json();
        let found = found["objects"].as_array().map_or(0, Vec::len);
        assert_eq!(found, count, "{query}");
    }
    for query in [
        "limit=0",
        "limit=-1",
        "limit=x",
        "added_after=yesterday",
        "next=%21",
        "match[version]=new",
    ] {
        let refused = served.get(&format!("{collection}objects/?{query}"));
        assert_eq!(
            (refused.status, refused.header("content-type")),
            (400, TAXII),
            "{query}"
        );
    }
}

#[test]
fn one_object_its_versions_and_the_manifest_agree() {
    let (_lab, served, collection) = served();
    let manifest = served
        .get(&format!("{collection}manifest/?match[type]=indicator"))
        .json();
    let record = &manifest["objects"][0];
    assert_eq!(record["date_added"], "2026-03-06T06:00:00.123456Z");
    assert_eq!(record["media_type"], "application/stix+json;version=2.1");
    let id = record["id"].as_str().unwrap();
    let object = served.get(&format!("{collection}objects/{id}/")).json();
    assert_eq!(object["objects"][0]["id"], *id);
    assert_eq!(object["objects"][0]["modified"], record["version"]);
    let versions = served
        .get(&format!("{collection}objects/{id}/versions/"))
        .json();
    assert_eq!(versions["versions"][0], record["version"]);
    for target in [
        "objects/indicator--00000000-0000-4000-8000-000000000000/",
        "objects/x/versions/",
    ] {
        assert_eq!(served.get(&format!("{collection}{target}")).status, 404);
    }
}

#[test]
fn what_was_taken_off_the_list_reaches_followers_as_revoked() {
    let lab = Lab::new();
    let request = lab.order(&["shop-a.example"]);
    let unissued = lab.order(&["shop-b.example"]);
    lab.lift(&unissued);
    lab.issue(2_026_030_601, "2026-03-06T06:00:00Z");
    lab.lift(&request);
    lab.issue(2_026_030_701, "2026-03-07T06:00:00Z");
    let served = Served::start(&lab, &[]);
    let collections = served.get(&format!("{ROOT}collections/")).json();
    let id = collections["collections"][0]["id"].as_str().unwrap();
    let target = format!("{ROOT}collections/{id}/objects/?added_after=2026-03-06T06:00:00Z");
    let found = served.get(&target).json();
    let objects = found["objects"].as_array().unwrap();
    assert_eq!(objects.len(), 1, "what was never on a list is not named");
    assert_eq!(objects[0]["revoked"], true);
    assert_eq!(objects[0]["modified"], "2026-03-07T06:00:00.000Z");
    assert!(
        objects[0]["pattern"]
            .as_str()
            .unwrap()
            .contains("shop-a.example")
    );
}

const CLIENT: &str = r#"
import sys
from taxii2client.v21 import Server, as_pages
server = Server(sys.argv[1] + "/taxii2/")
print(server.title)
root = server.default
collection = root.collections[0]
assert collection.can_read and not collection.can_write
seen = []
for envelope in as_pages(collection.get_objects, per_request=4):
    seen += [o["id"] for o in envelope.get("objects", [])]
print(len(seen), len(set(seen)))
manifest = collection.get_manifest()
assert {o["id"] for o in manifest["objects"]} == set(seen)
one = collection.get_object(seen[-1])
print(one["objects"][0]["id"] == seen[-1])
print(len(collection.object_versions(seen[-1])["versions"]))
print(len(collection.get_objects(added_after="2026-03-06T06:00:00.123456Z", type="indicator")["objects"]))
"#;

#[test]
fn taxii2_client_reads_the_collection() {
    let Some(python) = python() else { return };
    let (_lab, served, _) = served();
    let told = printed(&python, CLIENT, &[&format!("http://{}", served.address)]);
    assert_eq!(
        told.lines().collect::<Vec<_>>(),
        ["tazy", "17 17", "True", "1", "1"]
    );
}
