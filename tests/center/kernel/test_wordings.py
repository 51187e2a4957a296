"""Every wording of the site has its English, and the .mo that the site reads is made from the .po."""

from __future__ import annotations

import ast
import re

import pytest
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext

from hedu.center.kernel import wordings

HAN = re.compile(r"[\u4e00-\u9fff]")
COMMENT = re.compile(r"{% comment %}.*?{% endcomment %}|{#.*?#}|<!--.*?-->", re.S)
BY_LANGUAGE = re.compile(r'{% if lang [!=]= "en" %}.*?{% endif %}', re.S)
TAG = re.compile(r"{%.*?%}|{{.*?}}", re.S)
TOLD = re.compile(r"{% blocktrans(?:late)?\b.*?{% endblocktrans(?:late)? %}", re.S)
BOTH = ("切换为中文", "中文", "中")  # the switch names each language in itself


def test_no_wording_lacks_its_english():
    assert wordings.untold() == {}


def test_no_english_is_fuzzy_or_still_chinese():
    for name, folder in wordings.folders():
        for message in wordings.read(wordings.po_of(folder)):
            if message.id:
                given = message.string if isinstance(message.string, tuple | list) else [message.string]
                assert not message.fuzzy, (name, message.id)
                assert not any(HAN.search(text) for text in given), (name, message.id)


def test_placeholders_are_the_same_on_both_sides():
    place = re.compile(r"%\((\w+)\)[sd]")
    for name, folder in wordings.folders():
        for message in wordings.read(wordings.po_of(folder)):
            if not message.id:
                continue
            ids = message.id if isinstance(message.id, tuple | list) else [message.id]
            given = message.string if isinstance(message.string, tuple | list) else [message.string]
            if given[-1]:
                assert set(place.findall(ids[0])) == set(place.findall(given[-1])), (name, ids[0])


def _templates():
    for _name, folder in wordings.folders():
        yield from folder.rglob("*.html")


@pytest.mark.parametrize("path", list(_templates()), ids=lambda path: path.name)
def test_no_template_says_chinese_outside_a_translated_wording(path):
    text = path.read_text(encoding="utf-8")
    for said in (COMMENT, TOLD, BY_LANGUAGE, TAG):
        text = said.sub("", text)
    for word in BOTH:
        text = text.replace(word, "")
    assert not HAN.search(text), [line for line in text.splitlines() if HAN.search(line)][:3]


def test_the_site_speaks_english():
    wordings.compile_stale()
    with translation.override("en"):
        assert gettext("个人设置") == "Profile"
    with translation.override("zh-hans"):
        assert gettext("个人设置") == "个人设置"


def test_the_sources_are_found_in_python_and_templates(tmp_path):
    (tmp_path / "a.py").write_text('x = _("甲"); y = ngettext("乙", "乙们", 2); z = pgettext("c", "丙")')
    (tmp_path / "b.html").write_text(
        "<c-x title=\"{% trans '丁' %}\">{% blocktrans with a=b %}戊 {{ a }}{% endblocktrans %}</c-x>"
    )
    found = {(context, one) for context, one, _many in wordings.used_in(tmp_path)}
    assert found == {(None, "甲"), (None, "乙"), ("c", "丙"), (None, "丁"), (None, "戊 %(a)s")}


def test_python_says_chinese_to_people_only_through_gettext():
    """Texts in views, forms, reads, actions and models of the site; docstrings and code tables are no wording."""
    plain = {"cotton", "migrations", "locale", "static"}
    for name, folder in wordings.folders():
        for path in folder.rglob("*.py"):
            if plain & set(path.parts) or path.stem not in ("views", "forms", "models", "nav", "topics"):
                continue
            tree = ast.parse(path.read_text(encoding="utf-8"))
            inside = {
                id(item)
                for call in ast.walk(tree)
                if isinstance(call, ast.Call)
                and (getattr(call.func, "id", "") or getattr(call.func, "attr", "")) in wordings.CALLS
                for item in ast.walk(call)
            }
            inside |= {
                id(value)
                for table in ast.walk(tree)
                if isinstance(table, ast.Dict) and {"zh", "en"} <= {getattr(key, "value", None) for key in table.keys}
                for value in table.values
            }
            docs = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
            for node in ast.walk(tree):
                text = node.value if isinstance(node, ast.Constant) else None
                # A text of several lines is a definition offered as a start, not a wording of the page.
                if isinstance(text, str) and HAN.search(text) and "\n" not in text:
                    assert id(node) in inside or id(node) in docs, (name, path.name, node.value)


def test_the_first_language_is_chinese():
    assert settings.LANGUAGE_CODE == "zh-hans"
