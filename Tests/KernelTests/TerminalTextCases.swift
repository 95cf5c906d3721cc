// SPDX-License-Identifier: Apache-2.0

/// What a terminal shows of what programs print.
///
/// Source: the screens of pyte 0.8.2, a terminal emulator (200 columns, 256 rows, new line mode), trailing blanks cut; the output of tqdm 4.70.1
/// and rich 15.0.0 as those versions wrote it. The random ones are of pieces drawn with Python's `random.Random(7)`.
enum TerminalTextCases {
  /// Name, what is printed, what is seen.
  static let all: [(String, String, String)] = [
    ("plain lines", "a\nb\n", "a\nb"),
    ("carriage return overwrites", "hello\rJ", "Jello"),
    ("carriage return and line feed", "one\r\ntwo\r\n", "one\ntwo"),
    ("backspace", "abc\u{8}\u{8}X", "aXc"),
    ("backspace stops at the edge", "\u{8}\u{8}\u{8}ab\u{8}\u{8}\u{8}\u{8}X", "Xb"),
    ("tab", "a\tb\tc\n12345678\tx", "a       b       c\n12345678        x"),
    ("tab over text", "abcdefghijk\r\tX", "abcdefghXjk"),
    ("erase to end of line", "progress 100%\rdone\u{1B}[K", "done"),
    ("erase to start of line", "abcdef\u{8}\u{8}\u{1B}[1K", "     f"),
    ("erase line", "abc\u{1B}[2Kx", "   x"),
    ("cursor up", "one\ntwo\nthree\u{1B}[2A!", "one  !\ntwo\nthree"),
    ("cursor up and erase", "one\ntwo\n\u{1B}[1A\u{1B}[2Kzwei\n", "one\nzwei"),
    ("cursor up stops at the top", "a\nb\u{1B}[99AX", "aX\nb"),
    ("cursor down", "a\u{1B}[3BX", "a\n\n\n X"),
    ("cursor forward", "a\u{1B}[5CX", "a     X"),
    ("cursor back", "abcdef\u{1B}[3DX", "abcXef"),
    ("next and previous line", "ab\ncd\u{1B}[FX\u{1B}[2EY", "Xb\ncd\nY"),
    ("column", "abcdef\u{1B}[3GX", "abXdef"),
    ("home and clear", "old\nolder\n\u{1B}[2J\u{1B}[Hnew", "new"),
    ("clear below", "a\nb\nc\nd\u{1B}[3A\r\u{1B}[Jx", "x"),
    ("clear above", "aaaa\nbbbb\ncccc\u{1B}[1A\u{1B}[2D\u{1B}[1J", "\n   b\ncccc"),
    ("position", "\n\n\n\u{1B}[2;5HX\u{1B}[4;1fY", "\n    X\n\nY"),
    ("row", "a\nb\nc\u{1B}[1dX", "aX\nb\nc"),
    ("delete characters", "abcdef\r\u{1B}[2P", "cdef"),
    ("insert characters", "abcdef\r\u{1B}[2@XY", "XYabcdef"),
    ("erase characters", "abcdef\r\u{1B}[2X", "  cdef"),
    ("insert lines", "a\nb\nc\u{1B}[1A\u{1B}[2Lx", "a\nx\n\nb\nc"),
    ("delete lines", "a\nb\nc\nd\u{1B}[2A\u{1B}[1Mx", "a\nx\nd"),
    ("save and restore", "\u{1B}7abc\u{1B}8X", "Xbc"),
    ("reverse line feed", "a\nb\u{1B}MX", "aX\nb"),
    ("reverse line feed at the top", "a\nb\u{1B}[H\u{1B}MX", "X\na\nb"),
    ("line feed keeps lines below", "a\nb\nc\u{1B}[2A\nX", "a\nX\nc"),
    ("colours are no text", "\u{1B}[1;31mred\u{1B}[0m plain \u{1B}[38;5;208mx\u{1B}[48;2;1;2;3my\u{1B}[m", "red plain xy"),
    ("cursor hidden and shown", "\u{1B}[?25lx\u{1B}[?25h", "x"),
    ("title is no text", "\u{1B}]0;a title\u{7}x\u{1B}]2;other\u{1B}\\y", "xy"),
    ("character set is no text", "\u{1B}(Bx\u{1B})0y", "xy"),
    ("bell", "a\u{7}b", "ab"),
    ("split by nothing", "a\u{1B}[31mb", "ab"),
    ("wide over narrow", "abcd\r日", "日cd"),
    ("combining mark", "e\u{301}\rX", "X"),
    ("combining mark stays", "cafe\u{301}!", "café!"),
    ("vertical tab and form feed", "a\u{B}b\u{C}c", "a\nb\nc"),
    ("restore without save", "abc\u{1B}8X", "Xbc"),
    ("bar of blocks", "  0%|          | 0/3\r 33%|███▎      | 1/3\r100%|██████████| 3/3\n", "100%|██████████| 3/3"),
    (
      "300 lines and up",
      "x\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\n\u{1B}[150AX",
      "x\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nX\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx"
    ),
    (
      "tqdm",
      "\r  0%|                                                  | 0/3\r 33%|████████████████▋                                 | 1/3\r 67%|█████████████████████████████████▎                | 2/3\r100%|██████████████████████████████████████████████████| 3/3\r100%|██████████████████████████████████████████████████| 3/3\n",
      "100%|██████████████████████████████████████████████████| 3/3"
    ),
    (
      "tqdm, one bar in another",
      "\router:   0%|                                 | 0/2\n\rinner:   0%|                                 | 0/2\u{1B}[A\n\rinner:  50%|################5                | 1/2\u{1B}[A\n\rinner: 100%|#################################| 2/2\u{1B}[A\n\r                                                  \u{1B}[A\router:  50%|################5                | 1/2\n\rinner:   0%|                                 | 0/2\u{1B}[A\n\rinner:  50%|################5                | 1/2\u{1B}[A\n\rinner: 100%|#################################| 2/2\u{1B}[A\n\r                                                  \u{1B}[A\router: 100%|#################################| 2/2\router: 100%|#################################| 2/2\n",
      "outer: 100%|#################################| 2/2"
    ),
    (
      "tqdm with lines between",
      "\r  0%|                              | 0/3\r                                        \rstep 0\n\r  0%|                              | 0/3\r 33%|##########                    | 1/3\r                                        \rstep 1\n\r 33%|##########                    | 1/3\r 67%|####################          | 2/3\r                                        \rstep 2\n\r 67%|####################          | 2/3\r100%|##############################| 3/3\r100%|##############################| 3/3\n",
      "step 0\nstep 1\nstep 2\n100%|##############################| 3/3"
    ),
    (
      "rich, two bars and a line",
      "\u{1B}[?25l\r\u{1B}[2Kone \u{1B}[38;5;237m━━━━━━━━━━━━━━━━━━━━\u{1B}[0m 0%\r\u{1B}[2Kone \u{1B}[38;5;237m━━━━━━━━━━━━━━━━━━━━\u{1B}[0m 0%\ntwo \u{1B}[38;5;237m━━━━━━━━━━━━━━━━━━━━\u{1B}[0m 0%\r\u{1B}[2K\u{1B}[1A\u{1B}[2Kone \u{1B}[38;5;237m━━━━━━━━━━━━━━━━━━━━\u{1B}[0m 0% \ntwo \u{1B}[38;5;197m━━━━━\u{1B}[0m\u{1B}[38;5;237m╺\u{1B}[0m\u{1B}[38;5;237m━━━━━━━━━━━━━━\u{1B}[0m 25%\r\u{1B}[2K\u{1B}[1A\u{1B}[2K\u{1B}[1mhalf\u{1B}[0m way\none \u{1B}[38;5;237m━━━━━━━━━━━━━━━━━━━━\u{1B}[0m 0% \ntwo \u{1B}[38;5;197m━━━━━\u{1B}[0m\u{1B}[38;5;237m╺\u{1B}[0m\u{1B}[38;5;237m━━━━━━━━━━━━━━\u{1B}[0m 25%\r\u{1B}[2K\u{1B}[1A\u{1B}[2Kone \u{1B}[38;5;197m━━━━━━━━━━\u{1B}[0m\u{1B}[38;5;237m╺\u{1B}[0m\u{1B}[38;5;237m━━━━━━━━━\u{1B}[0m 50%\ntwo \u{1B}[38;5;197m━━━━━━━━━━\u{1B}[0m\u{1B}[38;5;237m╺\u{1B}[0m\u{1B}[38;5;237m━━━━━━━━━\u{1B}[0m 50%\r\u{1B}[2K\u{1B}[1A\u{1B}[2Kone \u{1B}[38;5;197m━━━━━━━━━━\u{1B}[0m\u{1B}[38;5;237m╺\u{1B}[0m\u{1B}[38;5;237m━━━━━━━━━\u{1B}[0m 50%\ntwo \u{1B}[38;5;197m━━━━━━━━━━━━━━━\u{1B}[0m\u{1B}[38;5;237m╺\u{1B}[0m\u{1B}[38;5;237m━━━━\u{1B}[0m 75%\r\u{1B}[2K\u{1B}[1A\u{1B}[2Kone \u{1B}[38;5;70m━━━━━━━━━━━━━━━━━━━━\u{1B}[0m 100%\ntwo \u{1B}[38;5;70m━━━━━━━━━━━━━━━━━━━━\u{1B}[0m 100%\r\u{1B}[2K\u{1B}[1A\u{1B}[2Kone \u{1B}[38;5;70m━━━━━━━━━━━━━━━━━━━━\u{1B}[0m 100%\ntwo \u{1B}[38;5;70m━━━━━━━━━━━━━━━━━━━━\u{1B}[0m 100%\n\u{1B}[?25h",
      "half way\none ━━━━━━━━━━━━━━━━━━━━ 100%\ntwo ━━━━━━━━━━━━━━━━━━━━ 100%"
    ),
    (
      "rich, a table with a link",
      "\u{1B}[3m      T      \u{1B}[0m\n┏━━━┳━━━━━━━┓\n┃\u{1B}[1m \u{1B}[0m\u{1B}[1ma\u{1B}[0m\u{1B}[1m \u{1B}[0m┃\u{1B}[1m \u{1B}[0m\u{1B}[1mb    \u{1B}[0m\u{1B}[1m \u{1B}[0m┃\n┡━━━╇━━━━━━━┩\n│\u{1B}[31m \u{1B}[0m\u{1B}[31m1\u{1B}[0m\u{1B}[31m \u{1B}[0m│ \u{1B}]8;id=3096967;https://x.y\u{1B}\\there\u{1B}]8;;\u{1B}\\ │\n└───┴───────┘\n",
      "      T\n┏━━━┳━━━━━━━┓\n┃ a ┃ b     ┃\n┡━━━╇━━━━━━━┩\n│ 1 │ there │\n└───┴───────┘"
    ),
    (
      "random 0",
      "\u{1B}[C\u{8}\u{1B}[K\u{1B}[Pbc\n\u{1B}[2;3H\r\u{1B}[3D\u{1B}[31mbc\u{1B}[5Gébc\n\u{1B}[1K\u{1B}[1K\n\u{1B}[A\n\u{1B}[2;3H\u{1B}[1Kbc\u{1B}[31m\r\u{1B}[A\u{1B}[P\u{1B}[P\u{1B}[31mbc\u{1B}[31m\u{1B}[31m\u{1B}[Kbc\u{1B}[Abc\u{1B}[2;3H\u{8}\u{1B}[B\u{1B}[1K\u{8}\u{1B}[2;3H\r\u{1B}[31m\u{1B}[B\u{1B}[2;3H\u{1B}[X\t\r\u{1B}[31m\u{1B}[31m\u{1B}[Pé\u{1B}[3D\r\u{1B}[2;3H\u{1B}M\n\u{1B}[31mbc",
      "bcbcbc\nbccébc"
    ),
    (
      "random 1",
      "\u{1B}[0mé\u{1B}[J\u{1B}[X\u{1B}[2;3H\u{1B}[1K\u{1B}[1J\u{1B}[C\u{1B}[2K\u{1B}[31m\u{1B}[2K\u{1B}[3D\u{1B}[B\u{1B}[A\u{1B}[2@\t\u{1B}M\u{1B}[1J\u{1B}[A\n\u{1B}[31m\u{1B}[B\u{1B}[5G\u{1B}[J\u{1B}[Cxyz \u{1B}[2K\u{1B}[B\u{1B}[0m\n\r\u{1B}[5G\u{1B}[1K\t\u{1B}[1J\u{1B}[C\u{8}\u{1B}[J\u{1B}[1Kbc\u{1B}[X\n\u{1B}[1J\u{1B}[2;3H\u{1B}[31m\u{1B}[2@\u{1B}[C\u{1B}[C\u{1B}M\u{1B}[3D\u{1B}[0m\u{1B}[J\u{1B}[31m\u{1B}[2@\u{1B}[2K\n\n\u{1B}[2A\u{1B}[J\u{1B}M",
      ""
    ),
    (
      "random 2",
      "\u{1B}[X\nbcxyz \u{1B}M\u{1B}[B\u{1B}[P\u{1B}[31m\u{1B}[X\u{1B}[2K\u{1B}[B\u{1B}M\u{1B}[K\u{1B}[X\u{1B}[3Da\u{1B}[2K\u{1B}[3D\t\u{1B}[0m\r\u{1B}[Jbcé\u{1B}[1J\u{1B}[B\u{8}xyz \u{1B}[A\u{1B}[K\u{1B}[K\u{1B}[J\n\t\u{1B}[2K\u{1B}[K\u{1B}[2;3H\u{1B}[2A\u{8}\u{1B}[1K\u{1B}[2;3H\u{1B}[2A\u{1B}M\u{1B}[1K\u{1B}[3D\u{1B}[X\u{1B}[K\u{1B}[A\u{8}\n\t\u{8}\u{1B}[A\u{1B}[X\u{1B}[Aa\u{1B}[J\u{1B}[31m\t\u{1B}[2A",
      "       a"
    ),
    (
      "random 3",
      "\u{1B}[Ba\u{8}\u{1B}[1K\u{1B}[2;3H\u{1B}[3D\u{1B}[0m\u{1B}[31m\u{1B}[C\u{8}\u{1B}M\u{1B}[5G\u{1B}[0m\u{1B}[P\u{1B}[Xxyz bc\u{1B}[2K\u{1B}[1J\u{1B}[X\u{1B}[2@\u{1B}[2;3H\u{1B}[K\u{1B}[K\u{1B}[K\u{1B}[K\r\u{1B}[J\u{1B}[P\u{1B}[Kbcé\né\u{1B}[2K\t\r\u{1B}[C\u{1B}[0mbc\ra\u{1B}[31m\u{8}\u{1B}[2;3H\r\u{1B}[3D\u{1B}[0ma\né\u{1B}[0m\u{1B}[K\u{8}\u{1B}[P\u{1B}[2A\u{1B}[3D\u{1B}[0m\u{1B}[3D\u{1B}[J",
      ""
    ),
    (
      "random 4",
      "\r\r\u{1B}[J\u{1B}[2K\u{1B}[J\u{1B}[J\u{1B}[B\n\u{8}\rxyz \u{1B}[Cxyz \u{1B}[2A\u{1B}[J\u{1B}M\t\u{1B}[5Gaé\u{1B}[5G\u{1B}[3D\u{8}\u{1B}M\u{1B}[2;3Ha\u{1B}[1J\u{1B}[5G\u{1B}[B\u{1B}[P\n\u{1B}M\u{1B}[2A\u{1B}[5G\u{1B}[3D\t\u{1B}[3D\u{1B}[1J\u{1B}[A\u{1B}[2;3H\u{1B}[2;3H\u{1B}[1J\u{1B}[5G\u{1B}[C\u{1B}[P\u{1B}[A\u{1B}[0m\u{1B}[2@\u{1B}[2@\u{1B}[1Jé\u{1B}[2@\u{1B}[A\u{1B}[Kxyz \u{1B}[2@\u{1B}[Aé\u{1B}[5G\u{1B}[J",
      ""
    ),
    (
      "random 5",
      "\u{1B}[3Dxyz aa\u{1B}[2@\u{1B}[2A\u{1B}[J\u{1B}[2Aé\u{1B}M\u{1B}[0m\u{1B}[3D\u{1B}[2K\u{1B}[2@xyz \u{1B}[3D\u{1B}[3D\n\u{1B}[A\r\u{1B}[A\u{1B}[Jé\u{1B}[Cé\u{1B}[J\u{1B}[0m\u{1B}[0ma\u{1B}[J\u{1B}[P\u{1B}[3D\u{1B}[2@\u{1B}[P\n\u{1B}[X\r\u{1B}[K\u{1B}[2@\u{1B}M\u{1B}[1Jé\u{1B}[J\t\u{1B}[1K\u{1B}[2@\u{1B}[P\u{1B}[C\n\u{1B}[2@xyz \u{1B}[K\u{1B}[2K\u{1B}[Kxyz \nxyz \t\t\u{8}",
      "\n    xyz\nxyz"
    ),
    (
      "random 6",
      "a\u{8}\u{1B}[31m\u{1B}[2K\u{1B}[2@\u{1B}[P\u{8}\u{1B}[0m\u{1B}[0m\u{1B}[J\u{1B}[X\u{1B}[3D\u{8}\u{1B}[2;3H\u{1B}[2;3H\u{8}aa\u{1B}[2@xyz \u{1B}[P\r\u{1B}[5Gxyz \u{8}\u{1B}[1Kééa\u{1B}[2Aé\u{1B}[B\u{1B}[5G\u{1B}[A\u{1B}[1J\u{1B}[31m\u{1B}[C\u{1B}[2A\u{1B}[2;3H\u{1B}[1K\u{8}bcxyz \u{1B}[3D\u{1B}[2K\u{1B}[X\u{1B}[31m\u{1B}[5G\u{1B}[1K\u{1B}[5G\u{8}\u{1B}[2;3H\u{8}\u{1B}[5G\u{1B}[5Ga\u{1B}[2K\u{1B}[1J\t\u{1B}[0m",
      ""
    ),
    (
      "random 7",
      "a\u{1B}[1J\u{1B}[2@\u{8}\t\u{8}\u{1B}[J\u{1B}[0mxyz \r\u{1B}[2;3Hbc\u{1B}[C\u{1B}[X\u{1B}[5G\u{1B}[5G\u{1B}[2;3H\u{1B}[J\u{1B}[2@\u{1B}[1J\r\u{1B}[2;3Hbc\u{1B}[Aé\u{1B}[2Abc\u{1B}[1J\r\u{1B}[5G\u{1B}[2K\u{1B}[2;3Ha\u{1B}[1J\n\u{1B}[2K\u{1B}[C\u{1B}[0m\u{1B}[5G\u{1B}[0m\u{1B}[5Gé\u{1B}M\u{1B}[2A\u{1B}[2K\u{1B}[5G\u{1B}[2;3H\u{1B}[2@\u{1B}[J\u{1B}[5G\u{1B}[A\u{1B}M\u{1B}[5G\u{1B}[2A\u{1B}[2;3Hé\u{1B}[2K\u{8}\u{1B}[1K\r",
      ""
    ),
    (
      "random 8",
      "\u{1B}[K\u{1B}[2K\u{1B}[C\n\u{1B}[X\u{1B}[A\u{1B}[1K\né\u{1B}[X\u{1B}[B\u{1B}[2@\r\u{1B}[1J\u{8}\u{1B}M\u{1B}[P\u{1B}[X\u{1B}[3D\u{8}\u{1B}[2A\u{8}\u{1B}[2K\u{1B}[Axyz \r\u{1B}[K\u{1B}[J\t\u{1B}[X\u{1B}[A\t\u{1B}M\u{1B}[1K\u{1B}[5G\u{1B}[K\u{1B}[C\u{1B}[1Ké\u{1B}[3D\u{1B}[C\nxyz \u{1B}[3Da\u{1B}[C\u{1B}[2;3H\u{1B}[2K\u{1B}[2K\u{1B}Ma\u{1B}[K\u{1B}[C\u{1B}[5G\u{1B}[0m\u{1B}[B\u{1B}[5G\n\r\u{1B}[2@",
      "  a"
    ),
    (
      "random 9",
      "\u{1B}[A\r\n\u{1B}[2A\u{1B}[2Abc\u{1B}[1J\t\u{1B}[2A\u{1B}[1J\u{8}\u{1B}[1K\u{1B}[X\u{1B}[2A\u{1B}[K\u{8}\u{1B}[2;3H\u{1B}[5G\u{1B}[31m\u{1B}[J\u{1B}M\u{1B}[C\n\u{1B}[2Abc\u{1B}[2@\u{1B}M\t\u{1B}[1K\n\u{1B}[2Aa\u{1B}[P\n\u{1B}[2@\u{1B}[2A\n\u{1B}[0m\u{1B}[A\n\u{1B}[2A\r\u{1B}[2Ka\u{1B}[C\u{1B}[2;3H\u{1B}[1K\u{1B}[2A\u{1B}[0m\u{8}bc\u{1B}[5G\u{1B}M\u{1B}[A\r\t\u{1B}[2Abc\té",
      "        bc      é\nabc\n   c"
    ),
    (
      "random 10",
      "\u{1B}[B\u{1B}[P\u{1B}[B\u{1B}[5G\u{1B}[1Jé\u{1B}[B\u{1B}[2K\u{1B}[5G\u{1B}[X\t\u{1B}[2A\u{1B}[3D\u{1B}[2@a\u{1B}[2Abcaaxyz \u{1B}[5G\u{1B}[2;3Hé\u{1B}[5G\u{1B}[J\u{1B}[A\u{1B}[2K\r\u{1B}[X\u{1B}[P\u{1B}[1K\u{1B}[X\u{1B}[J\u{1B}[2;3H\u{1B}[K\u{1B}[5G\u{1B}[B\u{1B}Mé\u{1B}[A\u{1B}[Cé\u{1B}Mxyz \u{1B}[P\u{8}\u{1B}[K\u{1B}[3Dbc\u{8}a\n\u{1B}[Pxyz \u{1B}[2A\u{1B}[1K\tbc\n\u{1B}[X",
      "       bbc\n yz  é\n    é"
    ),
    (
      "random 11",
      "\u{1B}[K\u{1B}[5G\u{1B}[X\u{1B}[B\u{1B}[0m\u{1B}[A\u{1B}M\u{1B}[Bbc\u{1B}[2K\t\t\u{1B}[2A\u{1B}[2Ka\u{1B}[2A\u{1B}[3D\u{1B}[C\u{1B}[2;3H\u{1B}[C\u{1B}[Abc\u{1B}[Bé\u{1B}[3D\ta\u{1B}[C\u{1B}[K\n\u{1B}[J\u{1B}[2A\u{1B}[5G\u{1B}[Pé\u{1B}[A\u{1B}[5G\u{1B}[1Ja\n\u{1B}[2A\n\u{8}\u{1B}[K\u{1B}[31mbc\u{1B}[Ka\u{1B}[B\u{1B}[B\u{1B}[P\u{1B}[A\n\u{1B}[31m\u{1B}[5G\u{1B}[1J\u{8}\u{1B}[X\u{1B}M\u{1B}[2@",
      ""
    ),
    (
      "random 12",
      "\u{1B}[0m\u{1B}[K\u{1B}[1J\u{1B}[Cxyz \u{1B}[J\u{8}\u{1B}[Bxyz \u{1B}[0m\u{1B}[P\u{8}bc\u{1B}M\u{1B}[5G\u{1B}[P\u{1B}[1Kxyz \u{1B}M\u{1B}[2@\u{1B}[5G\u{8}\u{1B}[5G\u{1B}[1J\u{1B}[5G\u{1B}[31m\u{1B}[2@a\u{1B}[X\u{1B}[31m\u{1B}[2@\u{1B}M\u{1B}[X\u{1B}M\u{1B}[P\u{1B}[A\nabc\u{8}\u{1B}[P\u{1B}[3D\r\u{1B}[K\u{1B}[2K\u{1B}[2;3Hbc\u{1B}[Pa\u{1B}[P\u{1B}[2;3H\u{1B}[X\u{1B}[A\u{1B}[J\u{1B}[2Aa\u{1B}[2K\u{1B}[2@\nxyz ",
      "\nxyz"
    ),
    (
      "random 13",
      "\u{1B}[5G\u{1B}[2;3H\n\u{1B}[X\u{1B}[5G\nxyz xyz \u{1B}[J\u{1B}[2A\u{1B}[2@\n\u{1B}[2A\u{1B}[Axyz \u{1B}[1Jé\u{1B}[Axyz \u{1B}[P\u{1B}[2K\u{1B}[J\u{1B}[K\n\u{1B}[J\u{1B}[X\u{1B}[B\u{1B}[1Jbc\u{1B}[0m\u{1B}[P\u{1B}[Pé\n\u{1B}[0m\u{8}\u{1B}[C\u{1B}[2A\u{1B}[Pxyz \u{1B}M\u{1B}[B\u{1B}[0m\u{1B}[31m\u{8}a\u{1B}[Jbc\u{1B}[J\u{1B}[2A\u{1B}[X\r\u{1B}Mé\u{1B}[X\u{1B}[J\u{1B}[B\u{1B}M\u{1B}[5G\u{1B}[B",
      "é"
    ),
    (
      "random 14",
      "\u{1B}[2K\u{1B}[2K\u{1B}[2K\u{1B}[1J\r\u{1B}[2;3Hé\u{1B}[B\n\u{1B}[Ja\u{1B}[B\u{1B}[2K\n\u{1B}[5G\u{1B}[2K\u{1B}[2A\u{1B}[Kéé\n\u{1B}[31m\n\u{8}xyz \u{1B}[5G\u{1B}[2A\u{1B}[3D\u{8}\u{1B}[0m\u{1B}[P\u{1B}[5G\u{1B}[2A\r\u{1B}M\u{1B}[3D\u{1B}[A\u{1B}[J\u{1B}[J\u{1B}[Ka\ta\u{1B}[J\u{1B}[X\u{1B}[2K\u{1B}[K\u{1B}[Bxyz \u{8}\u{1B}[1K\u{1B}[3D\u{1B}[K\u{1B}[C\r\u{1B}[Ca\u{1B}[C\u{1B}[1J\u{1B}[C",
      ""
    ),
    (
      "random 15",
      "\u{1B}[K\ré\u{1B}Maxyz \u{1B}[B\u{1B}[2A\u{1B}[3D\n\u{1B}[K\u{1B}[K\u{1B}[31m\n\u{1B}[3D\u{1B}[1K\u{1B}[1J\u{1B}[2Abc\u{1B}[2A\rbc\u{1B}[X\u{1B}[B\u{1B}[P\u{8}\u{1B}[A\u{1B}[2A\u{1B}[1K\u{1B}[5G\u{1B}[Cé\u{1B}[1J\u{1B}[3D\u{1B}[2@\u{1B}[1Ka\u{1B}[2@\u{1B}[1J\u{1B}[P\u{1B}[K\u{1B}[2;3H\u{1B}[2;3Héxyz \nbcxyz \u{1B}[1K\u{1B}[2K\u{1B}[0m\u{1B}[1J\u{8}\u{1B}[P\u{1B}[B\u{1B}[Jbc\u{1B}[2;3H\u{8}\t",
      "\n\n\n     bc"
    ),
    (
      "random 16",
      "\u{1B}[J\u{1B}[1K\u{1B}[C\u{1B}[B\u{1B}[B\u{1B}[2Axyz xyz \u{1B}[P\u{1B}[2A\u{1B}[K\u{1B}[P\u{1B}[A\u{1B}[B\u{1B}[J\u{1B}[2;3H\u{1B}[X\u{1B}[K\r\t\u{1B}[P\t\né\u{1B}[5G\u{1B}[2@\u{1B}[J\u{1B}[2;3H\u{1B}[A\u{1B}[2K\u{1B}[C\u{1B}[1J\u{1B}[2K\u{1B}[1K\u{8}\u{1B}[2;3Hé\u{1B}[A\n\t\u{1B}[C\u{1B}[2;3H\n\u{1B}[C\u{1B}[A\u{1B}[3D\u{1B}[2A\u{1B}[2@\u{1B}[31méaxyz \u{1B}[1K\u{1B}[K\u{1B}[1Kxyz \u{1B}[5Gé\u{1B}[K\u{1B}[2A",
      "    é\n  é\né"
    ),
    (
      "random 17",
      "\u{1B}[C\u{1B}[1Jbc\u{1B}[J\u{1B}[2A\u{1B}[31m\u{1B}[3D\u{8}\u{1B}[X\u{1B}[5G\u{1B}[5G\u{1B}[P\u{1B}[2@é\n\u{1B}[2A\u{1B}[A\u{1B}[K\u{1B}[K\u{1B}[P\u{1B}[2K\u{1B}[1K\u{1B}[Ba\u{8}bc\u{1B}[1K\u{1B}M\u{1B}[1J\u{1B}[2@\u{1B}[J\u{1B}[31m\u{1B}[Ja\n\u{1B}[K\u{1B}[5G\u{1B}[2K\u{1B}[2K\u{1B}[A\u{1B}[2@\r\u{1B}[A\u{8}\u{8}\u{1B}[5G\u{1B}[X\rxyz \u{1B}M\u{1B}[P\u{1B}[1J\u{1B}[2K\n\u{1B}[2;3H\u{1B}[1Jbca\u{1B}[2@\u{8}",
      "\n  bca"
    ),
    (
      "random 18",
      "\u{1B}[A\u{1B}[31mbc\u{1B}[P\u{1B}M\u{1B}[B\u{8}\u{1B}[P\u{1B}[2A\u{1B}[5G\u{1B}[P\u{1B}[1K\u{1B}M\u{1B}[1J\r\r\n\u{1B}[B\u{1B}[5G\u{1B}[31mé\u{1B}[K\u{1B}[2A\u{1B}[A\u{1B}[2@\u{1B}[0maa\u{1B}[2;3H\u{1B}[B\u{1B}[2K\u{1B}[2A\u{1B}[C\u{1B}[P\u{1B}[A\u{1B}[J\u{1B}[5G\u{1B}[A\u{1B}[2;3H\u{1B}[Aa\u{1B}[1K\u{1B}M\u{1B}[P\u{1B}[Bbcaé\u{1B}[J\u{1B}[X\u{1B}[P\u{1B}[1K\n\u{1B}[2A\u{1B}[A\u{1B}[X\u{1B}[1K\u{1B}[3D\u{1B}[A\u{1B}[J",
      ""
    ),
    (
      "random 19",
      "bc\u{1B}M\u{1B}[C\u{1B}M\u{1B}[1K\u{1B}[3D\u{1B}[X\u{1B}[Kéa\u{1B}[2@\u{1B}[Bxyz \u{1B}[5G\né\u{1B}[Jé\u{1B}[B\u{1B}[1Jé\u{1B}[A\u{1B}[2K\u{1B}[A\u{1B}[2A\u{1B}[1J\u{1B}[B\r\u{1B}[0m\u{1B}[J\u{1B}[0m\t\u{1B}[A\u{1B}[J\u{1B}[1K\u{1B}[Xbc\u{1B}[0m\u{8}\u{1B}[Kbcéa\u{1B}[0m\u{8}\u{1B}[1Kbc\u{1B}Mbc\t\u{1B}[K\u{1B}[2K\u{1B}M\u{1B}[Cxyz \r\n\t\u{1B}[Cé",
      "                         xyz\n         é\n            bc"
    ),
    (
      "random 20",
      "\t\u{1B}[P\u{1B}[5Gxyz \u{1B}[2Kbc\u{1B}[B\u{1B}[Xxyz \u{1B}[K\u{1B}[3D\u{1B}[C\u{1B}[2K\t\ra\n\u{1B}[2A\n\u{1B}[3D\u{1B}[1K\r\u{1B}[2;3H\u{1B}[1Jé\u{1B}[K\u{1B}[3D\u{1B}[1J\u{1B}[B\u{1B}[2@\u{1B}[1K\nbc\u{1B}M\u{1B}[Jé\u{1B}[3D\u{1B}[2;3H\u{1B}[2Ké\u{1B}[C\u{1B}[3Dxyz \u{1B}[Ja\u{1B}[P\u{1B}[1K\u{1B}[A\u{1B}[2@\u{1B}[P\u{1B}[1J\u{1B}[Kbc\u{1B}[Kbc\u{1B}[2K\n\u{1B}[2@bc\u{1B}[2A",
      "\nbc"
    ),
    (
      "random 21",
      "éxyz \n\u{1B}[0m\u{1B}[C\u{1B}[3D\u{1B}[2A\u{1B}[C\u{1B}[0mbc\u{1B}[2Axyz \u{1B}M\u{1B}M\u{1B}[C\u{1B}[2A\u{1B}[Baxyz \u{1B}[1J\u{1B}[0m\u{1B}[2@\u{1B}[P\na\u{1B}[A\r\u{1B}[J\u{1B}M\u{1B}[2K\u{1B}[1J\u{1B}[K\u{1B}[2@\u{1B}[2A\u{1B}[1K\u{1B}[J\u{8}\u{1B}[J\ta\u{1B}[2@xyz \u{1B}[B\u{1B}M\u{1B}[1J\u{8}\u{1B}[0m\u{1B}[A\u{1B}[C\u{1B}[C\u{1B}[2K\u{1B}[3D\u{1B}[2@\u{1B}[2@\u{1B}[0m\n\u{1B}[5Gé\u{1B}[K\u{1B}[1J",
      ""
    ),
    (
      "random 22",
      "\t\u{1B}[A\u{1B}[1K\n\u{1B}[Pbc\u{1B}[J\u{1B}[2;3H\u{1B}[2;3H\u{1B}[C\t\u{1B}[1K\r\n\u{1B}[2A\u{1B}[0m\né\r\u{1B}[1K\u{1B}[J\u{1B}M\u{1B}[2K\t\u{1B}[A\u{8}\u{1B}[1K\u{1B}[2K\u{1B}[0m\u{1B}[X\u{1B}[Axyz \u{1B}[2;3H\u{1B}[1J\u{1B}[X\u{1B}[1J\r\u{1B}[1J\u{1B}[B\u{1B}[B\u{1B}[2A\u{1B}[31m\u{1B}[2A\u{1B}[3D\u{1B}[2Axyz \u{1B}[2Aé\u{1B}[2K\u{1B}[A\t\u{1B}[A\u{1B}[A\u{8}\u{1B}[B\u{1B}[31mé\u{1B}[C\n\u{1B}[K",
      "\n       é"
    ),
    (
      "random 23",
      "\u{1B}[2A\u{1B}[A\u{1B}[5G\u{1B}[5G\u{1B}[A\u{1B}[P\u{1B}[2@\r\u{1B}[P\u{1B}[2Kbc\ra\u{1B}[J\u{1B}[A\u{1B}[2K\u{1B}[3Dbc\u{1B}[B\u{1B}[A\rbcé\u{1B}[0m\u{1B}[31mé\n\u{1B}[3D\u{1B}[5G\t\u{1B}[2K\u{1B}[0m\u{1B}[2A\u{1B}[1J\u{1B}[1J\u{1B}[Xa\r\u{1B}[P\u{1B}[0m\u{1B}M\u{1B}[0m\u{1B}[3Débc\u{1B}[3D\u{1B}[C\u{8}bcé\u{1B}[2Abc\u{1B}[0mxyz \u{1B}[Péa\u{1B}[C\u{1B}[1K\u{1B}[X",
      "\n       a"
    ),
    (
      "random 24",
      "\u{1B}[3D\t\u{1B}[0m\u{1B}[B\nébc\u{1B}[2@\u{1B}[J\u{1B}[2;3H\u{1B}[J\n\u{1B}[1K\r\u{1B}[2@\u{1B}[K\u{1B}[X\u{1B}[2;3H\u{8}\u{1B}[P\u{1B}[2;3H\n\u{1B}[P\t\u{1B}[K\u{1B}M\u{1B}[2A\u{1B}[1K\u{1B}[B\u{1B}[X\u{1B}[B\u{1B}[1Kbc\u{1B}[Bxyz \u{1B}[31m\u{1B}[3D\u{1B}[1K\u{1B}[1Ka\u{1B}[1J\u{1B}[2@\u{1B}[3D\u{1B}[Pé\u{1B}[Kxyz \u{1B}[Kéa\u{1B}[1K\t\u{1B}[1K\r\n\u{1B}[K\u{1B}[31m\u{1B}[3D\u{1B}[2K\u{1B}[1J",
      ""
    ),
    (
      "random 25",
      "\t\u{8}abc\u{1B}[2;3H\u{8}\u{1B}[P\u{1B}[2@\u{1B}[K\n\u{1B}[31m\u{1B}[0m\u{1B}[3Dxyz \u{1B}[5G\t\u{8}\u{1B}[3D\u{1B}[B\t\u{1B}[5G\t\n\r\u{1B}[K\u{1B}[J\u{1B}[1J\u{1B}[2@\u{1B}[2@\u{1B}[2@é\u{1B}[B\u{8}bc\u{1B}[J\u{1B}[Cbc\u{1B}[0m\u{1B}[P\u{1B}[K\n\u{1B}M\u{1B}[0m\u{1B}M\t\u{1B}[P\u{1B}[2@\u{1B}[A\u{1B}[0m\u{1B}[K\u{1B}[0mé\u{1B}[J\t\u{1B}[31mébc\u{1B}[K\u{1B}[5G\t",
      "\n\n\n        é       ébc"
    ),
    (
      "random 26",
      "\u{1B}[K\u{1B}[3D\r\u{8}\u{1B}[Axyz ébc\u{1B}[2;3H\u{1B}[1J\u{1B}[Xbc\u{1B}[X\u{1B}[C\r\u{1B}[K\u{1B}[0m\u{1B}[2K\u{1B}[2;3H\u{1B}[P\u{1B}[1J\u{1B}[B\u{1B}[P\u{1B}[1K\u{1B}[B\u{1B}[31m\u{1B}[A\u{1B}[1K\u{1B}[K\u{1B}[X\u{1B}[3D\u{1B}[2K\u{1B}[5G\u{1B}[2K\taa\u{1B}[0m\u{1B}[J\u{1B}[2K\u{1B}[A\u{1B}[2K\u{1B}[1J\u{1B}[0m\u{1B}[1J\u{1B}[2K\t\u{1B}[2@\u{1B}[J\u{1B}[K\r\n\u{8}\u{1B}[3D\u{1B}[1K\u{1B}[3D\n\u{1B}[2@\u{1B}[2K\u{1B}[5G",
      ""
    ),
    (
      "random 27",
      "\u{1B}[5G\u{1B}[Xbcbc\u{1B}[P\u{8}\nxyz \u{1B}[C\u{1B}[1Jxyz \u{1B}[5G\nbc\u{1B}[1J\u{1B}[5G\u{1B}[K\u{1B}[P\u{1B}[2@\u{8}a\n\u{1B}[0mxyz \u{1B}M\ré\u{8}\u{1B}[J\u{1B}[B\u{1B}[2@\u{1B}[2@\t\u{1B}[X\u{1B}[2@xyz \u{1B}[A\n\u{1B}[3D\u{1B}[0m\u{1B}[1J\u{1B}[2A\t\u{1B}[C\u{1B}[0m\u{1B}[2A\u{1B}[2K\u{8}\u{1B}[2A\u{1B}[5G\u{1B}[Jé\u{1B}[31m\u{1B}[2A\u{1B}[0m\u{1B}[5G\u{1B}[A\u{1B}[C\u{1B}[3Dbc",
      "  bcé"
    ),
    (
      "random 28",
      "é\t\u{1B}[K\t\u{1B}[P\u{1B}[2A\u{1B}[X\u{1B}[C\u{1B}[K\t\u{1B}[2@\u{1B}[2@\u{1B}[2A\r\u{1B}[1J\u{1B}[5Gbc\u{1B}[P\u{1B}[3D\u{1B}[2K\u{1B}[2;3H\u{1B}[5G\u{1B}[31m\u{1B}M\r\u{1B}[2A\u{1B}[2;3H\u{1B}[P\u{1B}[Kxyz \u{1B}[2@\u{1B}[3D\u{1B}[2A\u{1B}[K\u{1B}[3D\u{1B}[31m\u{8}\u{1B}[3D\u{1B}[C\u{1B}[1J\n\u{1B}[2K\u{1B}[A\t\u{1B}[0mxyz bc\u{1B}[B\u{1B}[5G\u{1B}[2A\u{1B}[B\u{1B}[P\u{1B}[31m\u{1B}[X\u{1B}[Cxyz axyz bc\u{1B}[A",
      "        xyz bc\n     xyz axyz bc"
    ),
    (
      "random 29",
      "\u{8}\u{1B}[B\u{1B}[0m\u{1B}[P\u{1B}[1K\u{1B}[1K\u{1B}[5G\u{1B}[3Dbc\u{8}\u{1B}[J\u{1B}[A\u{1B}[0m\u{1B}[Pbcabca\u{1B}[31m\u{1B}[3D\u{1B}[B\r\u{1B}[5G\u{1B}[3D\u{1B}[2;3H\u{1B}[A\u{1B}[1K\u{1B}[31m\u{1B}[B\u{1B}[31m\u{8}é\u{1B}[3D\u{1B}[0m\u{1B}[J\t\u{8}a\u{1B}[2@\u{1B}[A\u{1B}M\u{8}\u{1B}[2K\r\n\u{1B}[P\u{8}\u{1B}[X\u{1B}[2@\u{1B}[2A\u{1B}[K\u{1B}[2@\u{1B}[2Aabc\u{1B}[P\u{1B}[2;3H\u{1B}[3D\u{1B}[0m\u{1B}[P",
      "abc\n   cabca\n       a"
    ),
    (
      "random 30",
      "\u{1B}[31m\u{1B}[2K\u{1B}[0m\u{1B}[5Gxyz \u{1B}[J\u{1B}[A\tabcbc\u{1B}[2;3Ha\u{1B}[K\t\u{1B}[A\tbc\u{1B}[1J\ra\u{1B}[0m\u{1B}[2;3H\u{1B}[Xé\u{8}\u{1B}[1Ké\u{1B}[5G\u{1B}[0m\u{1B}[P\u{1B}[5G\u{1B}[P\u{1B}[P\u{1B}[1K\u{1B}[0m\t\u{1B}[5G\u{1B}[B\n\u{1B}[B\u{1B}[Pbcxyz \u{1B}[2@\u{1B}[J\u{1B}M\u{1B}[2;3Ha\u{1B}[K\u{1B}[1Kxyz \u{1B}[2K\nxyz \u{1B}[P\u{1B}[2K\t\u{1B}[A\r",
      "a                  bc\n\n\n\nbcxyz"
    ),
    (
      "random 31",
      "\u{1B}[2A\u{1B}[A\u{1B}[Pbc\r\u{1B}[Cxyz \u{1B}M\u{1B}[2A\u{1B}Mbc\u{1B}[2A\u{1B}[P\u{1B}[2;3H\u{1B}[X\u{1B}[1K\u{1B}[X\u{1B}[2@\u{1B}[5G\u{1B}[2A\u{1B}[B\u{1B}[Pé\n\u{1B}[5Ga\t\u{1B}[2A\u{1B}[Axyz é\txyz \u{1B}[Cé\u{1B}[K\u{1B}[C\u{1B}[0m\u{1B}[A\u{1B}[K\u{1B}[P\u{1B}M\u{1B}[X\u{1B}[2;3H\u{1B}[J\u{1B}[J\u{1B}[5G\u{1B}Maa\u{1B}[1Kxyz \u{1B}[A\u{1B}[31m\u{1B}[B\u{1B}[2@é\u{1B}[K\u{1B}[0m\u{1B}[31m",
      "      xyz\n          é"
    ),
    (
      "random 32",
      "\n\u{1B}[31m\t\u{8}bca\r\r\u{1B}[0m\t\u{1B}[3D\u{8}\u{1B}Maabc\u{8}\u{1B}M\u{1B}[P\u{1B}[Pbc\u{1B}M\nxyz bc\n\u{1B}[31m\u{1B}[1J\u{1B}[3Dé\u{1B}[2;3H\u{1B}[X\n\u{1B}[1J\u{1B}M\u{1B}[K\r\u{1B}[Aéé\rbcbc\u{1B}[2@\u{1B}[1J\u{1B}[P\n\u{1B}[1J\u{1B}[P\u{1B}[P\u{1B}[B\u{1B}[J\r\u{8}\r\u{1B}[2@\u{1B}[1J\u{1B}[Pé\u{1B}[B",
      "\n\né"
    ),
    (
      "random 33",
      "\u{1B}[C\u{1B}[C\u{1B}[1K\u{1B}[2Aa\u{1B}[3D\u{1B}[2A\u{1B}[Bbc\u{1B}M\u{1B}[1J\u{1B}[3D\u{1B}[C\u{1B}[1J\u{1B}[0m\u{1B}[5G\u{1B}[J\u{1B}[B\u{1B}[0mxyz a\u{1B}[2@\u{1B}[1Ka\u{1B}[1K\u{1B}[5G\u{1B}[1J\r\u{1B}[3D\u{1B}[J\u{1B}Mbc\u{1B}[2;3H\u{1B}[31mé\u{1B}M\n\u{1B}[31m\u{1B}[B\t\u{1B}[1Ka\u{1B}[5Gé\u{1B}[B\u{1B}[1J\u{1B}[1Jbca\u{1B}[3D\u{1B}[J\r\u{1B}[J\u{1B}M\u{1B}[2@\t\u{1B}[J\u{1B}[31m\u{1B}[3D\u{1B}[5G",
      ""
    ),
    (
      "random 34",
      "\u{1B}[2A\u{1B}[31m\t\u{1B}[Bé\u{1B}M\u{1B}[A\u{1B}[J\t\r\u{1B}[P\u{1B}[1J\n\u{1B}[J\u{1B}[2@\u{1B}M\u{1B}[2;3H\u{1B}[2@\r\u{1B}[P\u{1B}[C\u{1B}[3D\r\u{1B}[K\u{1B}[Kxyz \n\u{1B}[1K\u{1B}[Pa\u{1B}[3Dé\u{1B}[B\u{1B}[2A\u{1B}[1K\u{1B}[2;3H\u{1B}[5G\t\u{1B}[K\u{1B}[P\u{1B}[A\u{1B}[2K\u{8}\u{1B}[2;3H\u{1B}[0m\u{1B}[1J\u{1B}M\u{1B}[1J\u{1B}[0m\u{1B}[Pbc\u{1B}[3D\u{1B}[31m\u{1B}[C\u{1B}[5G\u{8}\u{1B}[2K\u{1B}[X\u{1B}[2;3Hxyz ",
      "\n  xyz\né"
    ),
    (
      "random 35",
      "\u{1B}[C\t\u{1B}[2K\u{1B}[2K\u{1B}M\u{1B}[1J\u{1B}[2A\u{1B}[31m\u{1B}[A\u{8}\u{1B}[C\u{1B}[2K\u{1B}[P\u{1B}M\u{1B}[A\u{1B}[5Gé\u{1B}[2A\u{1B}[B\u{1B}[1J\u{1B}M\u{1B}[0m\u{8}xyz \u{8}\u{1B}[Axyz \u{1B}[C\u{1B}[0m\u{1B}[5G\u{1B}[3D\t\u{1B}[A\u{1B}[Cé\u{1B}[2Axyz \r\t\u{1B}[X\ré\u{1B}[K\u{8}\u{8}\u{1B}[2@\u{1B}[Bxyz \u{1B}[B\u{1B}[1K\u{1B}[2Aé\r\u{1B}[P\r\u{1B}[2Aé\u{1B}[K\u{1B}[2Kbc",
      " bc\nxyz"
    ),
    (
      "random 36",
      "a\u{1B}[K\u{1B}[2@\u{1B}[1K\u{1B}M\u{1B}[A\u{1B}[5G\u{1B}[P\u{1B}[B\u{1B}[2Ka\u{8}\u{1B}[2A\u{1B}[0mxyz \u{1B}[Kaxyz \u{1B}[A\u{1B}[1K\u{1B}M\u{1B}[31m\u{1B}[31mxyz \u{1B}[P\u{1B}[1K\u{1B}[A\u{1B}[Xxyz \u{1B}[P\u{1B}[1J\u{1B}[P\u{1B}M\u{1B}[31m\u{1B}[A\u{1B}[X\t\u{1B}[P\r\u{1B}[2K\u{1B}[1K\u{1B}[C\u{1B}[2A\u{1B}[P\u{1B}M\r\u{1B}[1K\u{1B}[A\u{1B}[2@\u{1B}[K\u{1B}M\u{1B}M\u{1B}[P\t\u{1B}[2A\u{1B}[1K\u{1B}[J\u{1B}[2Ka\u{1B}[0m",
      "        a"
    ),
    (
      "random 37",
      "\u{1B}[1K\u{1B}[5G\u{1B}[X\u{1B}[X\t\u{1B}[P\u{1B}[C\u{1B}[1Ja\u{1B}[K\u{1B}[J\rbc\u{1B}[2A\u{1B}[2;3Hé\t\u{1B}M\u{1B}[2@é\u{1B}[5G\u{1B}[3D\r\u{1B}[31m\u{1B}[2K\u{1B}[2;3Hé\u{1B}M\u{1B}[J\u{1B}[5Ga\u{1B}[P\u{1B}[2@\u{1B}[3D\u{1B}[5G\u{1B}[C\u{1B}[1Kxyz \u{1B}[2Ké\u{1B}[X\t\u{1B}[K\u{1B}[5G\u{1B}[1J\rxyz \u{1B}[0m\u{1B}[3D\u{1B}[Pbc\u{1B}[2A\u{1B}[2A\u{1B}[K\u{1B}[Kbca\n\u{1B}[1K\u{1B}[1K",
      "xbcbca"
    ),
    (
      "random 38",
      "\u{1B}[P\u{1B}M\u{1B}[X\u{1B}[3D\u{1B}[31m\u{1B}[2A\r\u{1B}[A\u{1B}[Bxyz \u{1B}[K\u{1B}[5G\u{1B}[A\u{1B}[2@\u{1B}[K\u{1B}[2Ké\t\u{8}\u{1B}[1J\n\u{1B}[2@\u{1B}[2@\u{1B}[Pé\u{1B}[J\u{1B}[P\u{1B}[2;3Hxyz \u{1B}[A\u{8}\u{1B}[3D\u{1B}[X\u{1B}[P\u{1B}[2@\u{1B}[1K\u{1B}[2K\u{1B}[B\u{1B}[1J\u{1B}[2;3H\u{1B}[P\u{8}\u{1B}[1J\u{1B}[J\u{1B}[3D\u{1B}[2@\u{1B}[A\u{1B}[2A\u{1B}M\u{1B}[K\u{1B}[X\u{1B}[2A\u{1B}[1K\u{1B}[X\t\u{1B}[Ja\u{1B}[2@xyz \u{1B}[2@",
      "        axyz"
    ),
    (
      "random 39",
      "\u{1B}[2A\u{1B}[3D\u{1B}[A\u{1B}[P\u{1B}[B\u{1B}[C\u{1B}[J\u{1B}[J\u{1B}[1K\u{1B}[0m\u{1B}[P\n\u{1B}[X\u{1B}[3D\u{8}\u{1B}[B\u{1B}[Kbc\n\u{1B}[31m\u{1B}[C\u{1B}[2@\u{8}\u{1B}[5G\u{1B}[3D\u{1B}[P\u{1B}[31ma\u{1B}[Xaé\n\u{1B}[P\u{1B}[B\u{1B}[2A\u{1B}[0m\r\u{1B}[31m\u{8}\u{1B}[A\t\u{1B}[1J\u{1B}[2K\u{1B}[3D\u{1B}[2@\u{8}é\u{1B}[K\u{1B}[2@\u{1B}[2;3H\t\u{1B}[0m\u{1B}M\u{1B}[0m\u{1B}[2@\n\u{1B}[X\u{1B}[2;3H\u{1B}[2@\u{1B}[P",
      "\n\n\n    é\n aaé"
    ),
  ]
}
