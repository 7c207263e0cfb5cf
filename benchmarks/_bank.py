"""What answers in Swish's place while orders are paid: every payment is paid. Started as a process
of its own, `python -m benchmarks._bank PORT ORE PAYEE`, and so light that it takes little from
whoever asks."""
import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Answers(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    ore, payee = 0, ""

    def do_GET(self) -> None:
        instruction_id = self.path.rpartition("/")[2]
        body = json.dumps({
            "id": instruction_id, "status": "PAID", "currency": "SEK", "payeeAlias": self.payee,
            "amount": self.ore / 100, "paymentReference": instruction_id[::-1]}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_) -> None:
        """Nobody reads it."""


if __name__ == "__main__":
    port, Answers.ore, Answers.payee = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    ThreadingHTTPServer(("127.0.0.1", port), Answers).serve_forever()
