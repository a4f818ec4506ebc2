"""ClickHouse's engine (chdb) behind its HTTP interface, as far as the tests need it.

The engine is real: it parses the queries, binds the parameters and writes the answers. HTTP is not: the statuses of errors
follow ClickHouse's source (src/Server/HTTP/exceptionCodeToHTTPStatus.cpp), and one user with a password is checked here.

  usage: server.py PORT FOLDER [USER:PASSWORD]
"""

import base64
import re
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock
from urllib.parse import parse_qsl, urlsplit

from chdb import session

PORT, FOLDER = int(sys.argv[1]), sys.argv[2]
ALLOWED = sys.argv[3] if len(sys.argv) > 3 else None
ENGINE = session.Session(FOLDER)
# A session takes one query at a time.
ONE_AT_A_TIME = Lock()
STATUSES = {47: 404, 60: 404, 81: 404, 46: 404, 62: 400, 43: 400, 53: 400, 457: 400, 130: 400, 159: 408, 497: 403, 516: 403}
# What is no setting of a query, but of the HTTP interface.
OF_HTTP = {"query", "default_format", "wait_end_of_query", "database"}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        url = urlsplit(self.path)
        if url.path == "/ping":
            return self.answer(200, b"Ok.\n")
        if url.path != "/":
            return self.answer(404, f"There is no handle {url.path}\n\nUse / or /ping for health checks.\n".encode())
        self.run(dict(parse_qsl(url.query, keep_blank_values=True)))

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length", 0))).decode()
        self.run({"query": body})

    def run(self, given):
        if not self.is_allowed():
            text = "Code: 516. DB::Exception: hound: Authentication failed: password is incorrect, or there is no user with such name. (AUTHENTICATION_FAILED)\n"
            return self.answer(403, text.encode(), {"X-ClickHouse-Exception-Code": "516"})
        settings = [f"{name}={value}" for name, value in given.items() if name not in OF_HTTP and not name.startswith("param_")]
        bound = {name[len("param_"):]: value for name, value in given.items() if name.startswith("param_")}
        query = given["query"] + (f" SETTINGS {', '.join(settings)}" if settings else "")
        try:
            with ONE_AT_A_TIME:
                result = bytes(ENGINE.query(query, given.get("default_format", "TabSeparated"), params=bound).bytes() or b"")
            self.answer(200, result, {"X-ClickHouse-Format": "JSON"}, "application/json; charset=UTF-8")
        except Exception as error:
            code = re.search(r"Code: (\d+)", str(error))
            number = int(code.group(1)) if code else 0
            self.answer(STATUSES.get(number, 500), f"{error}\n".encode(), {"X-ClickHouse-Exception-Code": str(number)})

    def is_allowed(self):
        if ALLOWED is None:
            return True
        return self.headers.get("authorization") == "Basic " + base64.b64encode(ALLOWED.encode()).decode()

    def answer(self, status, body, headers=None, kind="text/plain; charset=UTF-8"):
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


ThreadingHTTPServer(("127.0.0.1", PORT), Handler).serve_forever()
