# SPDX-License-Identifier: MIT
"""The servers: how each is configured, started and asked for its version.

Lido takes as many threads as it takes by itself, the others as many workers as there are processors, unless a workload gives a
number. None writes a log (unless the workload is about logs), and each has room for thousands of connections where a workload has
them; all else is as it comes, unless the name says "tuned". Each runs from a folder of its own and needs no rights
but those of its caller.
"""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import machine

CONNECTIONS = 16384  # what a server is told to hold, if it has to hold more than it comes with
SEARCH_PATH = os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin"
VERSION_SECONDS = 10


@dataclass
class Setup:
    """What one start of a server is given."""

    root: Path
    folder: Path  # its own, for configuration, logs and temporary files
    port: int
    workers: int | None  # None: what is usual for it
    log: bool = False
    crowded: bool = False  # thousands of connections
    body: Path | None = None  # what the null server answers, and whether it closes then
    closes: bool = False

    @property
    def processes(self):
        """For servers that are told a number."""
        return self.workers or machine.core_count()


class Server:
    name = ""
    program = ""
    role = "peer"  # or "lido", or "floor"
    config_name = None
    version_arguments = ["-v"]
    connections_max = None  # beyond it the server cannot work
    serves_folder = True
    is_contender = True  # one of the fastest; the others are compared in one workload, or when asked for

    def path(self):
        """Of the program; None when it is not installed."""
        return shutil.which(self.program, path=SEARCH_PATH)

    def version(self):
        command = [self.path(), *self.version_arguments]
        done = subprocess.run(command, capture_output=True, text=True, timeout=VERSION_SECONDS, check=False)
        lines = (done.stdout + done.stderr).strip().splitlines()
        return lines[0] if lines else "unknown"

    def config(self, setup):
        """The text of the configuration file; None when the command line says it all."""
        return None

    def config_path(self, setup):
        return setup.folder / self.config_name

    def command(self, setup):
        raise NotImplementedError

    def environment(self, setup):
        return {}

    def pid_to_stop(self, pid):
        """The process that SIGTERM ends, given the one that was started."""
        return pid


class Lido(Server):
    name = "lido"
    role = "lido"
    version_arguments = ["--version"]

    def __init__(self, program):
        self.program = str(program)

    def command(self, setup):
        log = f"access_log={setup.folder / 'access.log'}" if setup.log else "access_log=off"
        bind = f"--bind=127.0.0.1:{setup.port}"
        threads = [f"--threads={setup.workers}"] if setup.workers is not None else []
        return [self.path(), bind, *threads, f"--set={log}", str(setup.root)]


class NullServer(Server):
    name = "null"
    role = "floor"
    serves_folder = False

    def __init__(self, program):
        self.program = str(program)

    def version(self):
        return "tests/bench/programs/null_server.c of this checkout"

    def command(self, setup):
        command = [self.path(), "-b", str(setup.body), "-p", str(setup.port), "-t", str(setup.processes)]
        return command + ["-c"] if setup.closes else command


class Nginx(Server):
    name = "nginx"
    is_contender = False
    program = "nginx"
    config_name = "nginx.conf"
    listen_options = ""
    http_options = ""

    def command(self, setup):
        return [self.path(), "-p", str(setup.folder), "-c", str(self.config_path(setup)), "-e", "error.log"]

    def config(self, setup):
        paths = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        temporary = "".join(f"    {path}_temp_path {setup.folder}/{path};\n" for path in paths)
        log = f"{setup.folder}/access.log" if setup.log else "off"
        user = "user root;\n" if os.geteuid() == 0 else ""
        connections = CONNECTIONS if setup.crowded else 768
        return (
            f"# worker_connections (unless there are thousands), sendfile, tcp_nopush and types as in Debian's nginx.conf.\n"
            f"{user}daemon off;\nworker_processes {setup.processes};\n"
            f"pid {setup.folder}/pid;\nerror_log {setup.folder}/error.log;\n"
            f"events {{ worker_connections {connections}; }}\n"
            f"http {{\n"
            f"    sendfile on;\n    tcp_nopush on;\n    types_hash_max_size 2048;\n"
            f"    include /etc/nginx/mime.types;\n    default_type application/octet-stream;\n"
            f"    access_log {log};\n{temporary}{self.http_options}"
            f"    server {{ listen 127.0.0.1:{setup.port}{self.listen_options}; root {setup.root}; }}\n}}\n"
        )


class TunedNginx(Nginx):
    name = "nginx-tuned"
    is_contender = True
    listen_options = " reuseport deferred backlog=4096"
    http_options = (
        "    open_file_cache max=20000 inactive=60s;\n"
        "    keepalive_requests 1000000000;\n"
    )


class Lighttpd(Server):
    name = "lighttpd"
    program = "lighttpd"
    config_name = "lighttpd.conf"

    def command(self, setup):
        return [self.path(), "-D", "-f", str(self.config_path(setup))]

    def config(self, setup):
        log = ""
        if setup.log:
            log = f'server.modules += ("mod_accesslog")\naccesslog.filename = "{setup.folder}/access.log"\n'
        crowd = ""
        if setup.crowded:
            crowd = f"server.max-fds = {2 * CONNECTIONS}\nserver.max-connections = {CONNECTIONS}\n"
        return (
            f'server.document-root = "{setup.root}"\nserver.bind = "127.0.0.1"\nserver.port = {setup.port}\n'
            f"server.max-worker = {setup.processes}\n"
            f'server.errorlog = "{setup.folder}/error.log"\nserver.upload-dirs = ("{setup.folder}")\n'
            f'mimetype.assign = (".txt" => "text/plain", ".html" => "text/html")\n{crowd}{log}'
        )


class H2o(Server):
    name = "h2o"
    program = "h2o"
    config_name = "h2o.conf"

    def command(self, setup):
        return [self.path(), "-c", str(self.config_path(setup))]

    def config(self, setup):
        user = "user: root\n" if os.geteuid() == 0 else ""
        log = f"access-log: {setup.folder}/access.log\n" if setup.log else ""
        crowd = f"max-connections: {CONNECTIONS}\n" if setup.crowded else ""
        return (
            f"{user}num-threads: {setup.processes}\n{crowd}"
            f"pid-file: {setup.folder}/pid\nerror-log: {setup.folder}/error.log\n{log}"
            f"listen:\n  host: 127.0.0.1\n  port: {setup.port}\n"
            f"hosts:\n  default:\n    paths:\n      /:\n        file.dir: {setup.root}\n"
        )


class Apache(Server):
    name = "apache"
    is_contender = False
    program = "apache2"
    config_name = "apache.conf"

    def command(self, setup):
        return [self.path(), "-f", str(self.config_path(setup)), "-D", "FOREGROUND"]

    def config(self, setup):
        modules = ["mpm_event", "authz_core", "mime"]
        user = "User www-data\nGroup www-data\n" if os.geteuid() == 0 else ""
        log = ""
        if setup.log:
            modules.append("log_config")
            log = f'CustomLog {setup.folder}/access.log "%h %l %u %t \\"%r\\" %>s %O"\n'
        load = "".join(f"LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so\n" for name in modules)
        return (
            f"# The pool and the keep-alive as in Debian's configuration, but for AsyncRequestWorkerFactor, without which\n"
            f"# it holds some hundreds of connections. When all its threads are busy it still cuts off kept ones: that is\n"
            f"# what wrk counts as errors.\n"
            f"{load}{user}ServerRoot {setup.folder}\nServerName localhost\nListen 127.0.0.1:{setup.port}\n"
            f"PidFile {setup.folder}/pid\nErrorLog {setup.folder}/error.log\nDefaultRuntimeDir {setup.folder}\n"
            f"StartServers {setup.processes}\nMinSpareThreads 25\nMaxSpareThreads 75\nThreadLimit 64\n"
            f"ThreadsPerChild 25\nMaxRequestWorkers 150\nMaxConnectionsPerChild 0\n"
            f"AsyncRequestWorkerFactor 1000\n"
            f"Timeout 300\nKeepAlive On\nMaxKeepAliveRequests 100\nKeepAliveTimeout 5\n{log}"
            f"TypesConfig /etc/mime.types\nDocumentRoot {setup.root}\n"
            f"<Directory {setup.root}>\n  Require all granted\n</Directory>\n"
        )


class Caddy(Server):
    name = "caddy"
    is_contender = False
    program = "caddy"
    config_name = "Caddyfile"
    version_arguments = ["version"]

    def command(self, setup):
        return [self.path(), "run", "--config", str(self.config_path(setup)), "--adapter", "caddyfile"]

    def environment(self, setup):
        folder = str(setup.folder)
        return {"GOMAXPROCS": str(setup.processes), "XDG_CONFIG_HOME": folder, "XDG_DATA_HOME": folder, "HOME": folder}

    def config(self, setup):
        log = f"\tlog {{\n\t\toutput file {setup.folder}/access.log\n\t}}\n" if setup.log else ""
        return (
            f"{{\n\tadmin off\n\tauto_https off\n}}\n"
            f"http://127.0.0.1:{setup.port} {{\n\tbind 127.0.0.1\n\troot * {setup.root}\n\tfile_server\n{log}}}\n"
        )


class Darkhttpd(Server):
    """One process, and it writes its log anyway; version 1.14 and older use select(2), which knows 1,024 descriptors."""

    name = "darkhttpd"
    is_contender = False
    program = "darkhttpd"
    version_arguments = []
    connections_max = 900

    def command(self, setup):
        log = str(setup.folder / "access.log") if setup.log else "/dev/null"
        return [self.path(), str(setup.root), "--addr", "127.0.0.1", "--port", str(setup.port), "--log", log]


def all_servers(lido, null_server):
    """In the order of the tables; Lido and the floor are given by the paths of their programs."""
    return [
        Lido(lido), NullServer(null_server), Nginx(), TunedNginx(), Lighttpd(), H2o(), Apache(), Caddy(), Darkhttpd(),
    ]  # fmt: skip
