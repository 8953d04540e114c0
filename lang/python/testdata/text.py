# re, json, csv, xml, html, email, argparse, logging and other modules about text.
import argparse
import configparser
import csv
import difflib
import email
import email.policy
import html
import html.parser
import io
import json
import logging
import pprint
import re
import shlex
import string
import sys
import textwrap
import tomllib
import unicodedata
import urllib.parse
import xml.dom.minidom
import xml.etree.ElementTree as tree
from email.message import EmailMessage

print(re.findall(r"(?P<year>\d{4})-(\d\d)", "2024-02 und 2025-11"), re.sub(r"(\w)(\w)", r"\2\1", "abcd"), re.split(r"\W+", "a, b;c"))
print(re.fullmatch(r"(?i)stra(ß|ss)e", "STRASSE").groups(), re.search(r"(?<=x)y+?", "xyyy").span(), re.escape("a.b"))
print(re.compile(r"^(?:(a)|b)*$", re.M | re.X), [m.group() for m in re.finditer(r"\p{L}".replace(r"\p{L}", r"[^\W\d_]+"), "één 1 zwei")])
try:
    re.compile("(a")
except re.error as error:
    print(error, error.pos)

value = {"a": [1, 2.5, None, True, "ä\u2028\ud83d"], "b": {"c": -0.0, "d": 1e100}}
print(json.dumps(value), json.loads(json.dumps(value)) == value, json.dumps({"b": 1, "a": 2}, indent=2, sort_keys=True))
print(json.loads('{"big": 123456789012345678901234567890, "nan": NaN}'), json.dumps("ä", ensure_ascii=False))
try:
    json.loads('{"a": 1,}')
except json.JSONDecodeError as error:
    print(error)

output = io.StringIO()
writer = csv.DictWriter(output, ["name", "note"])
writer.writeheader()
writer.writerow({"name": "x, y", "note": 'say "hi"\nthere'})
print(repr(output.getvalue()), list(csv.reader(io.StringIO('a;"b;c"\n'), delimiter=";")), csv.Sniffer().sniff("a;b\nc;d\n").delimiter)

root = tree.fromstring('<r xmlns:x="urn:x"><item id="1">ä &amp; b</item><x:item/><!-- c --></r>')
print([(e.tag, e.attrib, e.text) for e in root], root.find("item[@id='1']").text, tree.tostring(root, encoding="unicode"))
print(xml.dom.minidom.parseString("<a><b/>t</a>").toprettyxml(indent=" "), end="")
try:
    tree.fromstring("<a><b></a>")
except tree.ParseError as error:
    print(error)
print(html.escape("<a & 'b'>"), html.unescape("&eacute;&#x1F600;&lt;"))


class Links(html.parser.HTMLParser):
    def handle_starttag(self, tag, attributes):
        print(tag, attributes)


Links().feed('<p><a href="x?a=1&amp;b">text</a>')

message = EmailMessage()
message["Subject"], message["From"], message["To"] = "Grüße", "a@example.org", "b@example.org"
message.set_content("Text mit ä\n")
message.add_attachment(b"\x00\x01", maintype="application", subtype="octet-stream", filename="x.bin")
parsed = email.message_from_bytes(message.as_bytes(), policy=email.policy.default)
print(parsed["subject"], parsed.get_body().get_content(), [part.get_filename() for part in parsed.iter_attachments()])

parser = argparse.ArgumentParser(prog="tool", description="A tool.")
parser.add_argument("input")
parser.add_argument("-n", "--number", type=int, default=3, help="how many")
parser.add_argument("--flag", action="store_true")
print(parser.parse_args(["file", "-n", "5", "--flag"]))
parser.print_help()
try:
    parser.parse_args(["-n", "x"])
except SystemExit as end:
    print("exit", end.code)

logging.basicConfig(stream=sys.stdout, level=logging.INFO, format="%(levelname)s %(name)s %(filename)s:%(lineno)d %(message)s")
logging.getLogger("app.part").info("hello %s", "world")
logging.debug("not shown")
try:
    1 / 0
except ZeroDivisionError:
    logging.exception("caught")

print(textwrap.fill("the quick brown fox jumps over the lazy dog", 20), textwrap.dedent("  a\n   b"), textwrap.shorten("hello world", 8))
print(string.Template("$a and ${b}").substitute(a=1, b=2), string.capwords("a b"), "{0[k]} {1!r:>5}".format({"k": 1}, "x"))
print(urllib.parse.urlsplit("https://u:p@example.org:80/p/a?q=1#f"), urllib.parse.quote("ä /"), urllib.parse.parse_qs("a=1&a=2&b="))
print(unicodedata.name("ß"), unicodedata.normalize("NFC", "e\u0301"), unicodedata.category("A"), unicodedata.lookup("SNOWMAN"))
print("".join(difflib.unified_diff(["a\n", "b\n"], ["a\n", "c\n"], "old", "new")), end="")
print(shlex.split("a 'b c' d\\ e"), shlex.quote("it's"), tomllib.loads('a = 1\n[t]\nb = [1.5, "x"]\nd = 2024-01-02'))
config = configparser.ConfigParser()
config.read_string("[s]\nkey = value\nn = 5\n")
print(config["s"]["key"], config.getint("s", "n"))
pprint.pprint({"key" * 5: list(range(30)), "other": {"nested": ["x" * 30, "y" * 30]}})
