"""A PostgreSQL server of its own, in a folder of its own, reached by a socket there."""

import glob
import os
import shutil
import socket
import subprocess


def programs():
    """The folder of the newest server's programs; None where none is installed."""
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin"), key=lambda path: int(path.split("/")[4]))
    return found[-1] if found else None


def free_port():
    """A port of loopback that nobody listens at."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


class Server:
    SETTINGS = ["fsync=off", "wal_level=logical", "track_commit_timestamp=on",
                "max_connections=40"]

    def __init__(self, folder, isReachable=False):
        """A server that runs; one that `isReachable` listens on loopback too."""
        self.port = free_port() if isReachable else 5432
        self.hosts = "127.0.0.1" if isReachable else ""
        self.programs = programs()
        # The server refuses to run as root.
        self.user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] \
            if os.geteuid() == 0 else []
        self.data = os.path.join(folder, "data")
        os.makedirs(self.data, mode=0o700)
        if self.user:
            os.chmod(folder, 0o755)
            shutil.chown(self.data, "postgres", "postgres")
            self.sockets = os.path.join(folder, "run")
            os.makedirs(self.sockets)
            shutil.chown(self.sockets, "postgres", "postgres")
        else:
            self.sockets = folder
        self._do("initdb", "-D", self.data, "-A", "trust", "-U", "postgres", "-E", "UTF8",
                 "--locale=C.UTF-8", "--no-sync")
        self.start()

    @property
    def address(self):
        return f"host={self.sockets} port={self.port} user=postgres dbname=postgres"

    def _do(self, program, *arguments):
        done = subprocess.run(
            [*self.user, os.path.join(self.programs, program), *arguments], cwd="/",
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if done.returncode:
            raise SystemExit(f"cdc: {program} failed: {done.stdout}")

    def start(self):
        settings = " ".join(
            f"-c {setting}" for setting in [f"listen_addresses='{self.hosts}'", *self.SETTINGS])
        self._do("pg_ctl", "-D", self.data, "-w", "-l", os.path.join(self.data, "log"),
                 "-o", f"-k {self.sockets} -p {self.port} {settings}", "start")

    def crash(self):
        """Ends the server as a failing machine does, and starts it again."""
        self.stop()
        self.start()

    def stop(self):
        self._do("pg_ctl", "-D", self.data, "-m", "immediate", "stop")

    def client(self, sql):
        """A client that runs `sql`, going on after statements that fail."""
        process = subprocess.Popen(
            ["psql", "-X", "-q", "-d", self.address], stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, text=True)
        try:
            process.stdin.write(sql)
            process.stdin.close()
        except BrokenPipeError:
            pass
        return process

    def query(self, sql):
        """What `sql` prints; a statement that fails ends the campaign."""
        done = subprocess.run(
            ["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", self.address],
            input=sql, capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(f"cdc: psql failed: {done.stderr}\n{sql[:2000]}")
        return done.stdout
