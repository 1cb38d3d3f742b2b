# Whether a parser of Suricata's rules takes every line, and finds in it what belongs there.
import re
import sys
from suricataparser import parse_file
rules = parse_file(sys.argv[1])
lines = [l for l in open(sys.argv[1], encoding="utf-8") if l.strip() and not l.startswith("#")]
assert len(rules) == len(lines), (len(rules), len(lines))
assert len({r.sid for r in rules}) == len(rules)
for rule in rules:
    assert re.fullmatch(r"(tls|http|dns|ip) any any -> \S+ any", rule.header), rule.header
    assert rule.enabled and rule.action == "drop" and rule.msg.startswith("tazy i-"), rule
    names = [o.name for o in rule.options]
    assert names[0] == "msg" and names[-2:] == ["sid", "rev"], names
    known = {"msg","flow","tls.sni","http.host","http.host.raw","http.uri.raw","dns.query","dotprefix","content",
             "nocase","startswith","endswith","sid","rev"}
    assert set(names) <= known, names
