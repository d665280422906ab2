import { describe, expect, it } from "vitest";
import { sniffText } from "./sniff-text.ts";

const mail = "Received: by x\nFrom: a@x.org\nTo: b@x.org\nSubject: s\nDate: today\nMIME-Version: 1.0\n\nwords";

describe("the kind of a text", () => {
  it.each([
    { what: "JSON", text: ' {"a": 1}\n', type: "application/json" },
    { what: "a JSON list", text: '[{"a": 1}, 2]', type: "application/json" },
    { what: "JSON lines", text: '{"a":1}\n{"a":2}\n', type: "application/jsonl" },
    { what: "a notebook", text: '{"cells": [], "metadata": {}, "nbformat": 4}', type: "application/x-ipynb+json" },
    { what: "XML by its declaration", text: '<?xml version="1.0"?>\n<a>x</a>', type: "application/xml" },
    {
      what: "XML by its document type",
      text: '<!DOCTYPE article PUBLIC "x" "y">\n<article>x',
      type: "application/xml",
    },
    { what: "XML by its element", text: "<rss version='2.0'><a/></rss>\n", type: "application/xml" },
    { what: "a page in XML", text: '<?xml version="1.0"?><!DOCTYPE html><html><p>x</html>', type: "text/html" },
    { what: "a mail", text: mail, type: "message/rfc822" },
    { what: "a mailbox", text: `From a@x.org Sat Jan  3 01:05:34 1996\n${mail}`, type: "application/mbox" },
  ])("is $type for $what, whatever its name", ({ text, type }) => {
    for (const name of [undefined, "a.txt", "a.py", "a.csv"]) expect(sniffText(text, name)).toBe(type);
  });

  it.each([
    { name: "a.rst", text: "words", type: "text/x-rst" },
    { name: "a.ORG", text: "words", type: "text/org" },
    { name: "a.adoc", text: "words", type: "text/asciidoc" },
    { name: "a.py", text: "x = 1", type: "text/x-python" },
    { name: "a.tsx", text: "x()", type: "text/x-typescript" },
    { name: "a.h", text: "int x;", type: "text/x-c" },
    { name: "a.eml", text: "Subject: a\nFrom: b\n\nwords", type: "message/rfc822" },
    { name: "a.json", text: "no JSON at all", type: "text/plain" },
    { name: "a.xml", text: "no XML at all", type: "text/plain" },
    { name: "a.eml", text: "no mail at all", type: "text/plain" },
    { name: "a.md", text: "[1, 2]", type: "text/markdown" },
  ])("is $type by the name $name where content is not certain", ({ name, text, type }) => {
    expect(sniffText(text, name)).toBe(type);
  });

  it.each([
    { text: "#+TITLE: x\n\n* One\n", type: "text/org" },
    { text: "Title\n=====\n\n.. note:: x\n", type: "text/x-rst" },
    { text: "= Title\n:toc:\n\n== One\n", type: "text/asciidoc" },
    { text: "#!/usr/bin/env python3\nx = 1\n", type: "text/x-python" },
    { text: "import os\n\ndef f(a):\n    return a\n", type: "text/x-python" },
    { text: "package main\n\nfunc main() {\n}\n", type: "text/x-go" },
    { text: "#include <stdio.h>\nint main() {\n  return 0;\n}\n", type: "text/x-c" },
    { text: "#include <x>\nusing namespace std;\nint main() {\n}\n", type: "text/x-c++" },
    { text: "use std::io;\n\nfn main() {\n}\n", type: "text/x-rust" },
    { text: "import java.util.List;\n\npublic class A {\n}\n", type: "text/x-java" },
    { text: 'import x from "y";\n\nexport const a = 1;\n', type: "text/javascript" },
    { text: "<?php echo 1;", type: "text/x-php" },
    { text: "How to:\n\n```py\nimport os\ndef f():\n```\n\n## More\n", type: "text/markdown" },
    { text: "We import goods from abroad.\nThe class was full: they left.\n", type: "text/plain" },
    { text: "To: be or not\n\nthat is the question", type: "text/plain" },
    { text: "[1] A note, as in [2]", type: "text/plain" },
  ])("is $type by the marks of $text", ({ text, type }) => {
    expect(sniffText(text, undefined)).toBe(type);
  });
});
