"""Tiny music files with tags, made byte by byte: MP3 (ID3v2.3 and 2.4), FLAC, Ogg, Opus, MP4, WMA, WAV, AIFF.

Each holds the container's real structure and next to no sound. Text frames of ID3 are UTF-16 in 2.3 and UTF-8 in 2.4.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence

MP3_FRAME = b"\xff\xfb\x90\x00" + bytes(413)  # MPEG 1 layer III, 128 kbit/s, 44.1 kHz: 26 ms
RECORDING = "c0a7f1d2-1111-4222-8333-0123456789ab"
OTHER_RECORDING = "d1b8e2c3-1111-4222-8333-0123456789ab"
Pairs = Sequence[tuple[str, str]]


def synchsafe(number: int) -> bytes:
    return bytes(number >> shift & 0x7F for shift in (21, 14, 7, 0))


def frame(name: str, content: bytes, *, version: int = 4) -> bytes:
    size = synchsafe(len(content)) if version == 4 else struct.pack(">I", len(content))
    return name.encode() + size + b"\0\0" + content


def text(value: str, *, version: int = 4) -> bytes:
    return b"\x03" + value.encode() if version == 4 else b"\x01" + value.encode("utf-16")


def custom(name: str, value: str) -> bytes:
    return b"\x03" + name.encode() + b"\0" + value.encode()


def unsynced(words: str) -> bytes:
    return b"\x03eng\0" + words.encode()


def synced(lines: Sequence[tuple[int, str]]) -> bytes:
    """SYLT: milliseconds, lyrics."""
    return b"\x03eng\x02\x01\0" + b"".join(b"\n" + said.encode() + b"\0" + struct.pack(">I", at) for at, said in lines)


def ufid(owner: str, id_: str) -> bytes:
    return owner.encode() + b"\0" + id_.encode()


def id3(frames: Sequence[tuple[str, bytes]], *, version: int = 4) -> bytes:
    body = b"".join(frame(name, content, version=version) for name, content in frames) + bytes(20)
    return b"ID3" + bytes([version, 0, 0]) + synchsafe(len(body)) + body


def mp3(*frames: tuple[str, bytes], version: int = 4, seconds: float = 1.0) -> bytes:
    return id3(frames, version=version) + MP3_FRAME * max(int(seconds * 38.28), 1)


def comments(pairs: Pairs) -> bytes:
    """A Vorbis comment block."""
    said = [f"{name}={value}".encode() for name, value in pairs]
    block = struct.pack("<I", 4) + b"test" + struct.pack("<I", len(said))
    return block + b"".join(struct.pack("<I", len(one)) + one for one in said)


def flac(*pairs: tuple[str, str], seconds: float = 2.0) -> bytes:
    samples = int(44100 * seconds)
    rate = (44100 << 44 | 1 << 41 | 15 << 36 | samples).to_bytes(8, "big")
    info = struct.pack(">HH", 4096, 4096) + bytes(6) + rate + bytes(16)
    block = comments(pairs)
    return b"fLaC\0" + len(info).to_bytes(3, "big") + info + b"\x84" + len(block).to_bytes(3, "big") + block


def page(packet: bytes, *, granule: int, flags: int, number: int) -> bytes:
    sizes = bytes([255] * (len(packet) // 255) + [len(packet) % 255])
    head = struct.pack("<4sBBqIII", b"OggS", 0, flags, granule, 7, number, 0) + bytes([len(sizes)]) + sizes
    return head[:22] + struct.pack("<I", checksum(head + packet)) + head[26:] + packet


def checksum(raw: bytes) -> int:
    """The CRC-32 of Ogg: not reflected, polynomial 04c11db7."""
    sum_ = 0
    for byte in raw:
        sum_ ^= byte << 24
        for _ in range(8):
            sum_ = (sum_ << 1 ^ (0x04C11DB7 if sum_ & 0x80000000 else 0)) & 0xFFFFFFFF
    return sum_


def pages(packets: Sequence[bytes], granule: int) -> bytes:
    last = len(packets) - 1
    flags = [2 if i == 0 else 4 if i == last else 0 for i in range(len(packets))]
    return b"".join(
        page(packet, granule=granule if i == last else 0, flags=flags[i], number=i) for i, packet in enumerate(packets)
    )


def ogg(*pairs: tuple[str, str], seconds: float = 3.0) -> bytes:
    head = b"\x01vorbis" + struct.pack("<IBIiiiBB", 0, 2, 44100, 0, 112000, 0, 0xB8, 1)
    return pages([head, b"\x03vorbis" + comments(pairs) + b"\x01", bytes(30)], int(44100 * seconds))


def opus(*pairs: tuple[str, str], seconds: float = 3.0) -> bytes:
    head = b"OpusHead" + struct.pack("<BBHIhB", 1, 2, 0, 48000, 0, 0)
    return pages([head, b"OpusTags" + comments(pairs), bytes(30)], int(48000 * seconds))


def atom(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content) + 8) + name + content


def value(content: str | int) -> bytes:
    if isinstance(content, int):
        return atom(b"data", struct.pack(">II", 21, 0) + struct.pack(">B", content))
    return atom(b"data", struct.pack(">II", 1, 0) + content.encode())


def itunes(name: str, *contents: str) -> bytes:
    named = atom(b"mean", bytes(4) + b"com.apple.iTunes") + atom(b"name", bytes(4) + name.encode())
    return atom(b"----", named + b"".join(value(content) for content in contents))


def mp4(*atoms: bytes, seconds: int = 4) -> bytes:
    length = atom(b"mvhd", bytes(12) + struct.pack(">II", 1000, seconds * 1000) + bytes(80))
    tags = atom(b"udta", atom(b"meta", bytes(4) + atom(b"ilst", b"".join(atoms))))
    return atom(b"ftyp", b"M4A \0\0\0\0M4A mp42") + atom(b"moov", length + tags) + atom(b"mdat", bytes(16))


def wma(title: str, artist: str, more: Mapping[str, str]) -> bytes:
    texts = [f"{part}\0".encode("utf-16-le") if part else b"" for part in (title, artist, "", "", "")]
    plain = struct.pack("<5H", *map(len, texts)) + b"".join(texts)
    pairs = struct.pack("<H", len(more))
    for name, said in more.items():
        name_, said_ = f"{name}\0".encode("utf-16-le"), f"{said}\0".encode("utf-16-le")
        pairs += struct.pack("<H", len(name_)) + name_ + struct.pack("<HH", 0, len(said_)) + said_
    parts = [("3326b2758e66cf11a6d900aa0062ce6c", plain), ("40a4d0d207e3d21197f000a0c95ea850", pairs)]
    body = b"".join(bytes.fromhex(guid) + struct.pack("<Q", len(part) + 24) + part for guid, part in parts)
    head = bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c")
    return head + struct.pack("<QIBB", len(body) + 30, len(parts), 1, 2) + body


def chunk(name: bytes, content: bytes, order: str) -> bytes:
    return name + struct.pack(f"{order}I", len(content)) + content + bytes(len(content) % 2)


def wav(*frames: tuple[str, bytes], seconds: float = 1.0) -> bytes:
    form = chunk(b"fmt ", struct.pack("<HHIIHH", 1, 1, 8000, 8000, 1, 8), "<")
    body = b"WAVE" + form + chunk(b"id3 ", id3(frames), "<") + chunk(b"data", bytes(int(8000 * seconds)), "<")
    return b"RIFF" + struct.pack("<I", len(body)) + body


def aiff(*frames: tuple[str, bytes], seconds: float = 1.0) -> bytes:
    rate = bytes.fromhex("400bfa00000000000000")  # 8000 as an 80-bit float
    form = chunk(b"COMM", struct.pack(">HIH", 1, int(8000 * seconds), 8) + rate, ">")
    body = b"AIFF" + form + chunk(b"ID3 ", id3(frames), ">")
    return b"FORM" + struct.pack(">I", len(body)) + body
