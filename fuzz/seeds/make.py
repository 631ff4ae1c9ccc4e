#!/usr/bin/env python3
"""Makes the files in `rows/`, from which the fuzzer of the readers starts: every form, with columns of every kind. Needs pyarrow.

    python3 fuzz/seeds/make.py
"""

import datetime as dt
import gzip
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.ipc as ipc
import pyarrow.parquet as pq

OUT = Path(__file__).resolve().parent / "rows"
ROWS = 5
START = dt.datetime(2026, 3, 1, tzinfo=dt.timezone.utc)
AT = [START + dt.timedelta(seconds=second) for second in range(ROWS)]


def requests(**others):
    """A row for each of some seconds, as the source `r` of the target has them."""
    columns = dict(
        at=pa.array(AT, pa.timestamp("ms", "UTC")),
        service=pa.array(["S"] * ROWS),
        customer=pa.array(["B"] * ROWS),
        n=pa.array([1.5, 2, 3, 4, 0.1]),
        d_ms=pa.array([1, 2, 3, 4, 5], pa.int64()),
        e=pa.array(["x", "y", "x", "y", "x"]),
        t=pa.array(["a", None, "b", "", "c"]),
        b_bytes=pa.array([1, None, 3, 4, 5], pa.int32()),
        m=pa.array([Decimal("1.50")] * ROWS, pa.decimal128(10, 2)),
        p=pa.array(["P1", None, "P1", "P1", "P1"]),
        o=pa.array([True, None, False, True, True]),
        c=pa.array([1, 2, None, 3, 4], pa.int16()),
        w=pa.array(AT, pa.timestamp("us", "Europe/Berlin")),
        a=pa.array([dt.date(2026, 3, 1)] * ROWS),
        unread=pa.array([[1], [2], [], None, [3]]),
    )
    return pa.table(columns | others)


def arrow(name, table, make, compression=None):
    options = ipc.IpcWriteOptions(compression=compression)
    with make(str(OUT / name), table.schema, options=options) as writer:
        writer.write_table(table, max_chunksize=3)


def main():
    OUT.mkdir(exist_ok=True)
    usual = requests()
    flat = usual.drop(["unread"])
    others = requests(
        at=pa.array([int(at.timestamp()) * 10**9 for at in AT], pa.timestamp("ns", "UTC")),
        service=pa.array(["S"] * ROWS).dictionary_encode(),
        e=pa.array(["x", "y", "x", "y", "x"], pa.string_view()),
        n=pa.array([1, 2, 3, 4, 5], pa.uint64()),
        m=pa.array([Decimal("1.5")] * ROWS, pa.decimal256(50, 2)),
        d_ms=pa.array([1.5] * ROWS, pa.float32()),
        t=pa.array(["a"] * ROWS, pa.large_string()),
    )
    spans = pa.table(dict(start=pa.array(AT, pa.timestamp("ns", "UTC")), end=pa.array(AT, pa.timestamp("ms", "UTC")), id=pa.array(["a", "b", None, "c", "d"])))
    pq.write_table(usual, OUT / "plain.parquet", compression="none", write_page_checksum=True)
    pq.write_table(flat, OUT / "zstd.parquet", compression="zstd", row_group_size=2, store_schema=False)
    pq.write_table(others, OUT / "others.parquet", compression="snappy", data_page_version="2.0")
    encodings = {"d_ms": "DELTA_BINARY_PACKED", "service": "DELTA_BYTE_ARRAY", "e": "DELTA_LENGTH_BYTE_ARRAY", "n": "BYTE_STREAM_SPLIT"}
    pq.write_table(flat, OUT / "delta.parquet", compression="none", use_dictionary=False, column_encoding=encodings)
    pq.write_table(spans, OUT / "spans.parquet", compression="lz4", row_group_size=2)
    arrow("plain.arrow", flat, ipc.new_file)
    arrow("others.arrow", others, ipc.new_file, "zstd")
    arrow("stream.arrow", usual, ipc.new_stream, "lz4")
    arrow("spans.arrow", spans, ipc.new_stream)
    csv = (
        "at,service,n,d_ms,e,t,b_bytes,m,p,customer,o,c,w,a\n"
        '2026-03-01T00:00:00Z,S,1.5,2,x,"a ""q"", b",3,1.50 EUR,P1,B,true,1,2026-03-01T00:00Z,2026-03-01\n'
        "2026-03-01 00:00:00.25+01:00,S,1e2,0.5,y,,,,,B,,,,\n"
    ).encode()
    tabs = (
        "\ufeffat_ms\tservice\tn\td\te\tt\tb\tm_eur\tp\tcustomer\to\tc\tw\ta\r\n"
        '1772323200000\tS\t1\t5 ms\tx\t"a\nb"\t1 MB\t2\t\tB\tfalse\t3 case\t\t\r\n'
    ).encode()
    lines = (
        '{"at":"2026-03-01T00:00:00Z","service":"S","n":1.5e1,"d":"5 ms","e":"x","t":null,"b_bytes":5,"m":"1 EUR","p":"P1",'
        '"customer":"B","o":true,"c":1,"w":null,"a":"2026-03-01","z":[1,{"a":"\\u00e9"}]}\n'
        '{"at_s":1772323200,"service":"S","customer":"B","n":-0,"d_ms":2,"e":"y"}\n'
    ).encode()
    texts = {"requests.csv": csv, "tabs.csv": tabs, "requests.jsonl": lines, "spans.csv": b'start,end,id\n2026-03-01T00:00:00Z,,1\n2026-03-01T00:00:00Z,2026-03-01T00:00:00Z,"1"\n'}
    texts["spans.jsonl"] = b'{"start":"2026-03-01T00:00:00Z","end":null,"id":5}\n{"start_s":1,"end_s":2.5}\n'
    for name, text in texts.items():
        (OUT / name).write_bytes(text)
    (OUT / "requests.csv.gz").write_bytes(gzip.compress(csv, mtime=0))
    (OUT / "requests.jsonl.gz").write_bytes(gzip.compress(lines, mtime=0) * 2)
    (OUT / "requests.csv.zst").write_bytes(pa.compress(csv, codec="zstd", asbytes=True))


if __name__ == "__main__":
    main()
