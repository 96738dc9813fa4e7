"""A program on a terminal of its own: what it prints there, and what it is typed."""
import os
import pty
import select
import struct
import fcntl
import subprocess
import termios
import time


def terminals_are_there():
    """Whether the machine gives terminals: a container without /dev/pts does not."""
    try:
        for end in pty.openpty():
            os.close(end)
    except OSError:
        return False
    return True


class Terminal:
    """`both`: stdout is the terminal, too; else it is a pipe that `close` reads."""

    def __init__(self, command, folder, environment, both=True):
        self.text = ""
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 200, 0, 0))
        self.child = subprocess.Popen(command, cwd=folder, env=environment, stderr=slave,
                                      stdin=slave if both else subprocess.DEVNULL,
                                      stdout=slave if both else subprocess.PIPE,
                                      start_new_session=True)
        os.close(slave)

    def send(self, text):
        os.write(self.master, text.encode())

    def read(self, seconds):
        """What comes within that time; None at the end."""
        if not select.select([self.master], [], [], seconds)[0]:
            return ""
        try:
            data = os.read(self.master, 65536)
        except OSError:  # Linux says so when the last writer has gone
            return None
        self.text += data.decode("utf-8", "replace")
        return data or None

    def wait_for(self, found, seconds=20):
        """Reads until found(text) is true: that, or None when the time is over."""
        end = time.monotonic() + seconds
        while not found(self.text):
            if time.monotonic() > end or self.read(0.2) is None:
                return None
        return found(self.text)

    def close(self, seconds=60):
        """Waits for the end: the exit status, what the terminal got, and what the pipe got."""
        out = b""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.read(0.2) is None:
                break
        if self.child.stdout:
            out = self.child.stdout.read()
            self.child.stdout.close()
        try:
            status = self.child.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self.child.kill()
            status = self.child.wait()
        os.close(self.master)
        return status, self.text, out.decode()
