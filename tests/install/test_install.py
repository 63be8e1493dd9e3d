# SPDX-License-Identifier: MIT
"""Installs this build into temporary folders, beneath several prefixes, and removes it again: no edited
lido.conf is lost, everything names the same one, and nothing is left behind."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

MANIFESTS = ("install_manifest.txt", "lido_manifest.txt")
EDITED = "threads = 3\n"

# Of a prefix, where lido.conf goes.
PREFIXES = {
    "/usr": "/etc/lido",
    "/usr/local": "/usr/local/etc/lido",
    "/opt/lido": "/etc/opt/lido/lido",
    "/home/my self": "/home/my self/etc/lido",
    "/srv/a;b$c": "/srv/a;b$c/etc/lido",
}


def files_in(folder):
    return {
        str(path.relative_to(folder))
        for path in Path(folder).rglob("*")
        if path.is_symlink() or not path.is_dir()
    }


class Installing(unittest.TestCase):
    def setUp(self):
        """What the developer has installed from this build folder can still be uninstalled afterwards."""
        for name in MANIFESTS:
            self.addCleanup(
                self.put_back, BUILD / name, (BUILD / name).read_bytes() if (BUILD / name).exists() else None
            )
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.stage = Path(folder.name) / "stage"
        self.stage.mkdir()

    @staticmethod
    def put_back(file, content):
        file.unlink(missing_ok=True)
        if content is not None:
            file.write_bytes(content)

    def cmake(self, *words, stage=None):
        stage = self.stage if stage is None else stage
        done = subprocess.run(
            [CMAKE, *words], env=os.environ | {"DESTDIR": str(stage)}, capture_output=True, text=True
        )
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout

    def install(self, prefix, **how):
        return self.cmake("--install", BUILD, "--prefix", prefix, **how)

    def uninstall(self, **how):
        return self.cmake("-P", BUILD / "conf/install/uninstall.cmake", **how)

    def staged(self, path):
        return self.stage / str(path).lstrip("/")

    def test_all_names_the_same_lido_conf_whatever_the_prefix(self):
        for prefix, confdir in PREFIXES.items():
            with self.subTest(prefix=prefix):
                self.install(prefix)
                config = self.staged(f"{confdir}/lido.conf").read_text()
                self.assertEqual(config, self.staged(f"{confdir}/lido.conf.sample").read_text())
                for page in ("man1/lido.1", "man5/lido.conf.5"):
                    named = self.staged(f"{prefix}/share/man/{page}").read_text()
                    self.assertEqual(set(re.findall(r"\.It Pa (.*)/lido\.conf", named)), {confdir})
                self.uninstall()
                self.assertEqual(files_in(self.stage), set())

    def test_each_file_is_in_the_list_and_each_line_of_the_list_is_a_file(self):
        self.install("/usr")
        listed = (BUILD / "lido_manifest.txt").read_text().splitlines()
        listed = {line.lstrip("/") for line in listed if not line.endswith("/")} | {"etc/lido/lido.conf"}
        self.assertEqual(listed, files_in(self.stage))
        www = {f"usr/share/lido/www/{file}" for file in files_in(SOURCE / "www")}
        self.assertEqual(listed & www, www)
        self.assertTrue(any(";" in file for file in www), "www/ has no name with a semicolon any more")
        by_cmake = {line.lstrip("/") for line in (BUILD / "install_manifest.txt").read_text().splitlines()}
        self.assertEqual(by_cmake, {file for file in listed if ";" not in file})

    def test_the_examples_are_where_documents_are(self):
        self.install("/usr")
        examples = self.staged("/usr/share/doc/lido/examples")
        self.assertEqual(files_in(examples), files_in(SOURCE / "conf/examples"))
        self.assertTrue(os.access(examples / "runit-run", os.X_OK))

    def test_an_edited_lido_conf_is_kept_and_said_to_be(self):
        self.assertNotIn("Kept", self.install("/usr"))
        config, sample = self.staged("/etc/lido/lido.conf"), self.staged("/etc/lido/lido.conf.sample")
        config.write_text(EDITED)
        sample.write_text("# of an older version\n")
        said = self.install("/usr")
        self.assertEqual(config.read_text(), EDITED)
        self.assertIn(f"Kept, as it was edited: {config}", said)
        self.assertIn("threads = auto", sample.read_text())
        said = self.uninstall()
        self.assertIn(f"Kept, as it was edited: {config}", said)
        self.assertEqual(files_in(self.stage), {"etc/lido/lido.conf"})
        self.assertEqual(config.read_text(), EDITED)

    def test_a_lido_conf_from_before_there_were_samples_is_kept(self):
        config = self.staged("/etc/lido/lido.conf")
        config.parent.mkdir(parents=True)
        config.write_text(EDITED)
        self.assertIn("Kept", self.install("/usr"))
        self.assertEqual(config.read_text(), EDITED)

    def test_a_link_in_place_of_lido_conf_is_kept(self):
        config = self.staged("/etc/lido/lido.conf")
        config.parent.mkdir(parents=True)
        config.symlink_to("/nowhere/at/all")
        self.assertIn("Kept", self.install("/usr"))
        self.assertEqual(os.readlink(config), "/nowhere/at/all")
        self.uninstall()
        self.assertEqual(files_in(self.stage), {"etc/lido/lido.conf"})

    def test_an_older_lido_conf_that_nobody_edited_becomes_the_new_one(self):
        config, sample = self.staged("/etc/lido/lido.conf"), self.staged("/etc/lido/lido.conf.sample")
        config.parent.mkdir(parents=True)
        for file in (config, sample):
            file.write_text("# of an older version\n")
        self.assertNotIn("Kept", self.install("/usr"))
        self.assertIn("threads = auto", config.read_text())
        self.assertEqual(config.read_text(), sample.read_text())

    @unittest.skipUnless(shutil.which("systemd-analyze"), "without systemd")
    def test_the_units_are_right_and_leave_the_program_few_rights(self):
        self.install("/usr")
        units = self.staged("/usr/lib/systemd/system")
        shutil.copy(units / "lido@.service", units / "lido@srv-www.service")
        for unit in ("lido.service", "lido@srv-www.service"):
            with self.subTest(unit=unit):
                words = ["systemd-analyze", "security", "--offline=true", "--no-pager", "--threshold=15", units / unit]
                done = subprocess.run(words, capture_output=True, text=True)
                self.assertEqual(done.returncode, 0, done.stdout[-300:] + done.stderr)
            text = (units / unit).read_text()
            (units / unit).write_text(text.replace("ExecStart=/usr/bin/lido", f"ExecStart={BUILD}/lido"))
        words = ["systemd-analyze", "verify", "--man=no", *units.glob("lido.*"), units / "lido@srv-www.service"]
        done = subprocess.run(words, capture_output=True, text=True)
        self.assertEqual([line for line in done.stderr.splitlines() if "lido" in line], [])

    def test_the_changelog_begins_with_the_version_of_the_program(self):
        done = subprocess.run([BUILD / "lido", "--version"], capture_output=True, text=True)
        version = done.stdout.splitlines()[0].removeprefix("Lido ")
        heading = re.search(r"^## (.*), ", (SOURCE / "CHANGELOG.md").read_text(), re.M)
        self.assertEqual(heading[1], version)

    def test_shells_complete_by_what_the_program_has_printed(self):
        self.install("/usr/local")
        share = self.staged("/usr/local/share")
        asked = {"--thr": "--threads=", "--set = threads_sp": "threads_spare=", "--complete = z": "zsh", "--port = 8": ""}
        for words, found in asked.items():
            with self.subTest(words=words):
                script = (f"source {share}/bash-completion/completions/lido; COMP_WORDS=(lido {words}); "
                          "COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _lido 2>/dev/null; echo ${COMPREPLY[@]}")
                done = subprocess.run(["bash", "-c", script], capture_output=True, text=True)
                self.assertEqual(done.stdout.strip(), found, done.stderr)
        for shell, file in (("zsh", "zsh/site-functions/_lido"), ("fish", "fish/vendor_completions.d/lido.fish")):
            if shutil.which(shell):
                done = subprocess.run([shell, "-n", share / file], capture_output=True, text=True)
                self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_nothing_of_it_is_left_but_what_others_have_put_there(self):
        self.install("/usr/local")
        others = {"usr/local/share/lido/www/mine.html", "usr/local/bin/other"}
        for file in others:
            self.staged(file).write_text("mine\n")
        self.uninstall()
        self.assertEqual(files_in(self.stage), others)
        for file in others:
            self.staged(file).unlink()
        self.install("/usr/local")
        self.cmake("--build", BUILD, "--target", "uninstall")
        self.assertEqual(files_in(self.stage), set())
        self.assertEqual([path for path in self.stage.rglob("*lido*")], [])

    def test_the_installed_lido_serves_the_installed_www_from_anywhere(self):
        prefix = self.stage / 'my "lido"; $1'
        self.install(prefix, stage="")
        words = [prefix / "bin/lido", "-c", prefix / "etc/lido/lido.conf", "--check-config"]
        done = subprocess.run(words, cwd="/", capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        root = str(prefix / "share/lido/www").replace('"', '\\"').replace("$", "\\$")
        self.assertRegex(done.stdout, rf'(?m)^root += "{re.escape(root)}" ')
        self.uninstall(stage="")
        self.assertEqual(files_in(self.stage), set())


if __name__ == "__main__":
    CMAKE, SOURCE, BUILD = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    del sys.argv[1:]
    unittest.main()
