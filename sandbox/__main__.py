"""python -m sandbox"""
from argparse import ArgumentParser

from sandbox.serving import serve

parser = ArgumentParser(prog="python -m sandbox", description=__doc__)
parser.add_argument("--port", type=int, default=8001)
parser.add_argument("--smtp-port", type=int, default=8002)
parser.add_argument("--data", default=":memory:", metavar="FILE", help="where to remember")
parser.add_argument("--portal", default="http://127.0.0.1:8000", metavar="URL")
options = parser.parse_args()
serve(options.port, options.smtp_port, options.data, options.portal)
