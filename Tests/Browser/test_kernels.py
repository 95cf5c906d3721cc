# SPDX-License-Identifier: Apache-2.0
"""The monitor of kernels against real ones: what they do, what can be done, what they ask."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any, Dict

from playwright.sync_api import Page, expect
from support.host import Host

Kernel = Dict[str, Any]


def run(host: Host, kernel: Kernel, code: str, **given: Any) -> str:
    """Puts code into a kernel's queue; the run's id."""
    return host.call("code.run", kernel=kernel["id"], code=code, wait=False, **given)["runs"][0]["run"]


def monitor(page: Page, host: Host, kernel: Kernel, more: str = "") -> Any:
    page.goto(host.page(f"kernels?kernel={kernel['id']}{more}"))
    card = page.locator(f".kn-card[data-kernel='{kernel['id']}']")
    expect(card).to_be_visible()
    return card


def fact(card: Any, name: str) -> Any:
    return card.locator("dl > div", has=card.page.get_by_text(name, exact=True)).locator(".kn-value")


def typed(page: Page, code: str) -> Any:
    """Types code, runs it, and gives its card."""
    page.get_by_label("Code to run").fill(code)
    page.get_by_label("Code to run").press("Control+Enter")
    return page.locator(".kn-run .rs-card").first


def test_a_kernel_is_shown_by_word_with_what_it_uses(page: Page, host: Host, notebook_kernel: Kernel) -> None:
    card = monitor(page, host, notebook_kernel)
    expect(card.get_by_role("status")).to_have_text("idle")
    expect(fact(card, "Process")).to_have_text(str(notebook_kernel["pid"]))
    expect(fact(card, "Memory")).to_contain_text("MiB")
    expect(card.get_by_role("img", name="Memory over the last minutes")).to_be_visible()
    run(host, notebook_kernel, "import time\ntime.sleep(60)")
    expect(card.get_by_role("status")).to_have_text("busy")
    run(host, notebook_kernel, "1")
    expect(fact(card, "Queue")).to_have_text("1")
    card.get_by_role("button", name="Interrupt", exact=False).first.click()
    expect(page.locator(".toast")).to_contain_text("Interrupted")
    expect(card.get_by_role("status")).to_have_text("idle")
    expect(fact(card, "Queue")).to_have_text("0")


def test_code_runs_and_its_output_comes_as_it_is_printed(page: Page, host: Host, notebook_kernel: Kernel) -> None:
    monitor(page, host, notebook_kernel)
    field = page.get_by_label("Code to run")
    field.click()
    page.keyboard.type("for i in range(3):")
    page.keyboard.press("Enter")
    page.keyboard.type("print('line', i)")
    expect(field).to_have_value("for i in range(3):\n    print('line', i)")
    page.keyboard.press("Shift+Tab")
    expect(field).to_have_value("for i in range(3):\nprint('line', i)")
    page.keyboard.press("Home")
    page.keyboard.press("Tab")
    page.keyboard.press("Control+Enter")
    first = page.locator(".kn-run .rs-card").first
    expect(first.locator(".out-stream")).to_have_text("line 0\nline 1\nline 2\n")
    expect(first.get_by_role("status")).to_contain_text("ok")
    live = typed(page, "import time\nprint('\\x1b[32mnow\\x1b[0m', end='', flush=True)\nfor i in range(2000):\n    print(f'\\rat {i}', end='', flush=True)\n    time.sleep(0.02)")
    expect(live.locator(".out-stream")).to_contain_text("at 5")
    expect(live.get_by_role("status")).to_contain_text("running")
    expect(live.locator(".out-stream")).not_to_contain_text("now")
    live.get_by_role("button", name="Interrupt").click()
    expect(live.locator(".out-error")).to_contain_text("KeyboardInterrupt")
    hostile = typed(page, "from IPython.display import HTML, display\ndisplay(HTML('<img src=x onerror=parent.pwned=1><b id=b>bold</b>'))\nprint('<script>window.pwned=1</script>\\x07\\x1b[999999999m')\ndisplay('a', display_id='d')\n_ = display('b', display_id='d', update=True)")
    expect(page.frame_locator(".out-frame iframe").locator("#b")).to_be_visible()
    expect(hostile.locator(".out-stream")).to_contain_text("<script>window.pwned=1</script>")
    expect(hostile).to_contain_text("'b'")
    assert page.evaluate("window.pwned") is None


def test_a_question_of_code_reaches_the_reader_in_any_view(page: Page, host: Host, notebook_kernel: Kernel) -> None:
    # The page hears what comes from now on when its wish has reached the host; that of a worker would not be seen here.
    page.add_init_script("delete globalThis.SharedWorker")
    with page.expect_response(lambda response: "kernel.input_request" in (response.request.post_data or "")):
        page.goto(host.page("settings"))
    asked = run(host, notebook_kernel, "name = input('Who are \\u202eyou? ')")
    toast = page.locator(".toast", has_text="input wanted")
    expect(toast).to_contain_text("Who are")
    expect(page.locator(".side .nav-badge")).to_contain_text("one asks for input")
    toast.get_by_role("button", name="Answer").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.locator(".hidden-character")).to_have_text("U+202E")
    dialog.locator("input").fill("Ada")
    dialog.get_by_role("button", name="Send").click()
    expect(page.locator(".side .nav-badge")).to_have_count(0)
    host.until("the run to end", lambda: not host.call("code.queue", kernel=notebook_kernel["id"]).get("running"))
    assert "'Ada'" in host.call("kernel.evaluate", kernel=notebook_kernel["id"], expression="name")["data"]["text/plain"], asked


def test_a_question_asked_before_the_page_was_open_is_found_and_passwords_are_hidden(page: Page, host: Host, notebook_kernel: Kernel) -> None:
    run(host, notebook_kernel, "import getpass\nsecret = getpass.getpass('Token: ')")
    host.until("the code to wait", lambda: host.call("code.queue", kernel=notebook_kernel["id"]).get("running"))
    monitor(page, host, notebook_kernel)
    question = page.locator(".input-card")
    expect(question).to_contain_text("A password is asked for")
    expect(question.locator("input")).to_have_attribute("type", "password")
    question.locator("input").fill("hush")
    question.get_by_role("button", name="Send").click()
    expect(question).to_have_count(0)
    host.until("the run to end", lambda: not host.call("code.queue", kernel=notebook_kernel["id"]).get("running"))
    assert host.call("kernel.evaluate", kernel=notebook_kernel["id"], expression="len(secret)")["data"]["text/plain"] == "4"


def test_a_restart_says_what_is_lost_and_variables_are_gone(page: Page, host: Host, notebook_kernel: Kernel) -> None:
    host.call("code.run", kernel=notebook_kernel["id"], code="kept = [1, 2, 3]")
    card = monitor(page, host, notebook_kernel, "&tab=variables")
    row = page.get_by_role("row", name="kept")
    expect(row).to_contain_text("list")
    expect(row).to_contain_text("[1, 2, 3]")
    card.get_by_role("button", name="Restart", exact=False).click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("all its variables and imports")
    dialog.get_by_role("button", name="Restart").click()
    expect(page.locator(".toast")).to_contain_text("begun anew")
    expect(row).to_have_count(0)
    expect(card).to_contain_text("begun 2 times")


def test_the_queue_is_shown_and_changed(page: Page, host: Host, notebook_kernel: Kernel) -> None:
    run(host, notebook_kernel, "import time\ntime.sleep(120)")
    first, second, third = (run(host, notebook_kernel, f"{i}") for i in range(3))
    monitor(page, host, notebook_kernel)
    rows = page.locator(".kn-queue tbody tr")
    expect(rows).to_have_count(4)
    rows.nth(3).get_by_role("button", name="Next").click()
    expect(page.locator(".toast").last).to_contain_text("It is the next one.")
    assert [one["run"] for one in host.call("code.queue", kernel=notebook_kernel["id"])["waiting"]] == [third, first, second]
    rows.nth(1).get_by_role("button", name="Cancel").click()
    expect(rows).to_have_count(3)
    page.get_by_role("button", name="Hold", exact=True).click()
    expect(page.locator(".kn-queue")).to_contain_text("The queue is held")
    page.get_by_role("button", name="Drop all that waits…").click()
    expect(page.get_by_role("dialog")).to_contain_text("2 waiting runs will not be run")
    page.get_by_role("button", name="Drop all", exact=True).click()
    expect(rows).to_have_count(1)
    page.get_by_role("button", name="Go on", exact=True).click()
    rows.nth(0).get_by_role("button", name="Interrupt").click()
    expect(page.locator(".kn-queue")).to_contain_text("Nothing runs and nothing waits.")


def test_a_block_of_a_file_runs_and_history_brings_code_back(page: Page, host: Host, notebook_kernel: Kernel, tmp_path: Path) -> None:
    path = tmp_path / "block.py"
    path.write_text("a = 20\nprint(a + 1)\nprint(a + 2)\n")
    host.call("session.attach", document=str(path), kernel=notebook_kernel["id"])
    host.call("code.run", document=str(path), line=1)
    card = monitor(page, host, notebook_kernel, f"&document={path}&line=2")
    expect(card.get_by_role("link", name="block.py")).to_be_visible()
    page.locator(".kn-block").get_by_role("button", name="Run").click()
    expect(page.locator(".kn-run .rs-card").first).to_contain_text("21")
    expect(page.locator(".kn-block input[name=line]")).to_have_value("3")
    page.get_by_role("tab", name="History").click()
    page.get_by_role("button", name="Edit and run").first.click()
    expect(page.get_by_label("Code to run")).to_have_value("print(a + 1)")
    card.get_by_role("button", name="Take block.py", exact=False).click()
    page.get_by_role("button", name="Take it away").click()
    expect(card).to_contain_text("No file uses it.")


def test_a_kernel_is_begun_and_shut_down_from_an_empty_page(make_page: Any, fresh_host: Host, tmp_path: Path) -> None:
    (tmp_path / ".venv").symlink_to(sys.prefix)
    page = make_page(fresh_host, "kernels")
    expect(page.locator(".empty")).to_contain_text("jackfield exec")
    page.locator(".empty").get_by_role("button", name="Begin a kernel…").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("For the file (optional)").fill(str(tmp_path / "new.py"))
    dialog.get_by_label("For the file (optional)").press("Tab")
    expect(page.get_by_label("Environment").locator("option").first).to_contain_text("The nearest: Python")
    dialog.get_by_role("button", name="Begin", exact=True).click()
    card = page.locator(".kn-card")
    expect(card.get_by_role("status")).to_have_text("idle", timeout=60_000)
    expect(card.get_by_role("link", name="new.py")).to_be_visible()
    card.get_by_role("button", name="More", exact=False).click()
    page.get_by_role("menuitem", name="Shut down…").click()
    expect(dialog).to_contain_text("This is lost for good")
    dialog.get_by_role("button", name="Shut down").click()
    expect(page.locator(".empty")).to_be_visible()
    assert fresh_host.call("kernel.list")["kernels"] == []


def test_a_missing_ipykernel_is_said_with_its_command(page: Page, host: Host, tmp_path: Path) -> None:
    page.watch.allow("Failed to load resource")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "venv"], check=True)
    page.goto(host.page("kernels"))
    page.get_by_role("button", name="Begin a kernel…").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("For the file (optional)").fill(str(tmp_path / "new.py"))
    dialog.get_by_label("For the file (optional)").press("Tab")
    bare = page.get_by_label("Environment").locator(f"option[value*='{tmp_path}/venv/']")
    expect(bare).to_have_count(1)
    page.get_by_label("Environment").select_option(bare.get_attribute("value"))
    dialog.get_by_role("button", name="Begin", exact=True).click()
    expect(dialog.locator(".problem")).to_contain_text("ipykernel is missing")
    expect(dialog.locator(".problem code")).to_contain_text("install")
    expect(dialog.get_by_role("button", name="Install into it")).to_be_visible()


def test_a_death_is_told_with_its_cause(page: Page, host: Host, notebook_kernel: Kernel) -> None:
    card = monitor(page, host, notebook_kernel)
    os.kill(notebook_kernel["pid"], signal.SIGKILL)
    expect(page.locator(".toast")).to_contain_text("signal 9")
    expect(card.get_by_role("status")).to_have_text("dead")


def test_a_kernel_that_somebody_else_began_is_attached_and_let_go(page: Page, host: Host, tmp_path: Path) -> None:
    connection = tmp_path / "kernel-of-others.json"
    with subprocess.Popen([sys.executable, "-m", "ipykernel_launcher", "-f", connection], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            host.until("the kernel to have written its file", connection.exists)
            page.goto(host.page("kernels"))
            page.get_by_role("button", name="Attach…").click()
            page.get_by_label("Connection file", exact=False).fill(str(connection))
            page.get_by_role("dialog").get_by_role("button", name="Attach").click()
            expect(page.locator(".toast")).to_contain_text("Attached to")
            kernel = next(one for one in host.call("kernel.list")["kernels"] if one["provider"] == "attach")
            card = page.locator(f".kn-card[data-kernel='{kernel['id']}']")
            expect(card.get_by_role("status")).to_have_text("idle")
            card.get_by_role("button", name="More", exact=False).click()
            page.get_by_role("menuitem", name="Let it go (detach)…").click()
            page.get_by_role("dialog").get_by_role("button", name="Let it go").click()
            expect(page.locator(".toast").last).to_contain_text("was let go")
            expect(card.filter(has_text="idle")).to_have_count(0)
            assert process.poll() is None
        finally:
            process.kill()
