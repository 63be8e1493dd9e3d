# SPDX-License-Identifier: MIT
"""Whether conf/static/image writes a right image, of whatever program stands where the Containerfile looks for it;
`skopeo` and `umoci` read it as well, where they are installed.

    test_image.py TREE
"""

import gzip
import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import unittest
from pathlib import Path


class Image(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.tree = Path(folder.name)
        for name in ("CMakeLists.txt", "conf/static/image", "conf/static/Containerfile"):
            (self.tree / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(TREE / name, self.tree / name)
        for name, mode in (("build/static/lido", 0o755), ("www/index.html", 0o600), ("www/a b/deep.css", 0o640)):
            file = self.tree / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(f"this is {name}\n")
            file.chmod(mode)
        self.archive = self.tree / "lido.oci.tar"

    def make(self, **environment):
        done = subprocess.run([self.tree / "conf/static/image", self.archive], cwd=self.tree, capture_output=True,
                              text=True, env=os.environ | {"SOURCE_DATE_EPOCH": "1700000000"} | environment)
        return done.returncode, done.stderr

    def read(self):
        self.assertEqual(self.make(), (0, ""))
        with tarfile.open(self.archive) as archive:
            return {member.name: archive.extractfile(member).read() for member in archive if member.isfile()}

    def follow(self, files, descriptor):
        content = files["blobs/" + descriptor["digest"].replace(":", "/")]
        self.assertEqual(descriptor["size"], len(content))
        self.assertEqual(descriptor["digest"], "sha256:" + hashlib.sha256(content).hexdigest())
        return content

    def test_each_descriptor_leads_to_what_it_says(self):
        files = self.read()
        self.assertEqual(json.loads(files["oci-layout"]), {"imageLayoutVersion": "1.0.0"})
        (entry,) = json.loads(files["index.json"])["manifests"]
        manifest = json.loads(self.follow(files, entry))
        config = json.loads(self.follow(files, manifest["config"]))
        (packed,) = manifest["layers"]
        layer = gzip.decompress(self.follow(files, packed))
        self.assertEqual(config["rootfs"]["diff_ids"], ["sha256:" + hashlib.sha256(layer).hexdigest()])
        blobs = {name for name in files if name.startswith("blobs/")}
        self.assertEqual(len(blobs), 3)
        (docker,) = json.loads(files["manifest.json"])
        self.assertEqual({docker["Config"], *docker["Layers"]} - blobs, set())

    def test_the_layer_holds_what_the_containerfile_copies_and_nobody_has_to_be_root_to_read_it(self):
        files = self.read()
        (packed,) = json.loads(self.follow(files, json.loads(files["index.json"])["manifests"][0]))["layers"]
        with tarfile.open(fileobj=io.BytesIO(gzip.decompress(self.follow(files, packed)))) as layer:
            members = {member.name: member for member in layer}
            self.assertEqual(layer.extractfile("srv/a b/deep.css").read(), b"this is www/a b/deep.css\n")
        modes = {name: (member.mode, member.uid, member.gid, member.mtime) for name, member in members.items()}
        folder, program, page = ((mode, 0, 0, 1700000000) for mode in (0o755, 0o755, 0o644))
        self.assertEqual(modes, {"lido": program, "srv": folder, "srv/a b": folder, "srv/index.html": page,
                                 "srv/a b/deep.css": page})

    def test_it_runs_as_nobody_with_the_words_of_the_containerfile(self):
        files = self.read()
        manifest = json.loads(self.follow(files, json.loads(files["index.json"])["manifests"][0]))
        config = json.loads(self.follow(files, manifest["config"]))["config"]
        self.assertEqual(config["User"], "65534:65534")
        self.assertEqual(config["Entrypoint"] + config["Cmd"], ["/lido", "--bind", "*", "/srv"])
        self.assertEqual(config["ExposedPorts"], {"8080/tcp": {}})
        self.assertEqual(config["Healthcheck"]["Test"][:2], ["CMD", "/lido"])

    def test_the_same_input_gives_the_same_bytes(self):
        self.assertEqual(self.make(), (0, ""))
        first = self.archive.read_bytes()
        for file in (self.tree / "www").rglob("*"):
            os.utime(file, (1, 1))
        self.assertEqual(self.make(TZ="Asia/Tokyo"), (0, ""))
        self.assertEqual(self.archive.read_bytes(), first)

    def test_an_instruction_that_it_cannot_follow_is_refused(self):
        with (self.tree / "conf/static/Containerfile").open("a") as file:
            file.write("RUN true\n")
        status, said = self.make()
        self.assertEqual(status, 1)
        self.assertIn("cannot follow RUN", said)

    @unittest.skipUnless(shutil.which("skopeo"), "without skopeo")
    def test_skopeo_reads_it_as_both_kinds_of_archive(self):
        self.assertEqual(self.make(), (0, ""))
        for kind in ("oci-archive", "docker-archive"):
            with self.subTest(kind):
                words = ["skopeo", "copy", "-q", "--insecure-policy", f"{kind}:{self.archive}",
                         f"dir:{self.tree}/{kind}"]
                done = subprocess.run(words, capture_output=True, text=True)
                self.assertEqual((done.returncode, done.stderr), (0, ""))

    @unittest.skipUnless(shutil.which("umoci"), "without umoci")
    def test_umoci_unpacks_it(self):
        self.assertEqual(self.make(), (0, ""))
        layout, bundle = self.tree / "layout", self.tree / "bundle"
        with tarfile.open(self.archive) as archive:
            archive.extraction_filter = getattr(tarfile, "data_filter", None)  # older Pythons have none
            archive.extractall(layout)
        (manifest,) = json.loads((layout / "index.json").read_text())["manifests"]
        tag = manifest["annotations"]["org.opencontainers.image.ref.name"]
        words = ["umoci", "unpack", "--rootless", "--image", f"{layout}:{tag}", bundle]
        done = subprocess.run(words, capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual((bundle / "rootfs/lido").read_text(), "this is build/static/lido\n")


if __name__ == "__main__":
    TREE = Path(sys.argv.pop(1))
    unittest.main()
