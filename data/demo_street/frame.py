"""The street office's outline, main streets, communities, blocks and grids."""

import itertools
from dataclasses import dataclass, field

from .draw import Draw, words
from .mesh import Edge, Face, Mesh, edge
from .plane import Point, bend
from .shape import area, centre, gap, heading, inside, spaced

GRIDS = 120
COUNTY_AND_STREET = "990101001"


@dataclass(frozen=True)
class Line:
    """A street, the river or an unseen border that cuts the mesh."""

    key: str
    kind: str
    name: str
    bridge: bool = False
    oneway: bool = False


@dataclass
class Community:
    """One community of the street office."""

    code: str
    name: str
    style: str
    seat: Point
    block_area: float


@dataclass
class Block:
    """Ground between streets: one use, one or several grids."""

    number: int
    community: int
    faces: list[Face]
    use: str = ""
    name: str = ""
    grids: int = 1


@dataclass
class Frame:
    """The mesh with everything that is known about its lines and faces."""

    mesh: Mesh
    lines: dict[str, Line]
    communities: list[Community]
    blocks: list[Block] = field(default_factory=list)

    def line(self, key: Edge) -> Line:
        """The line an edge belongs to."""
        return self.lines[self.mesh.lines[key]]

    def dense(self, i: int, j: int) -> list[Point]:
        """An edge in the bent plane; the same points whichever way it is walked."""
        a, b = edge(i, j)
        out = [bend(p) for p in spaced([self.mesh.points[a], self.mesh.points[b]], 60)]
        return out if (a, b) == (i, j) else out[::-1]

    def ring(self, loop: list[int]) -> list[Point]:
        """A loop of vertices as an outline in the bent plane."""
        out: list[Point] = []
        for n, i in enumerate(loop):
            out += self.dense(i, loop[(n + 1) % len(loop)])[:-1]
        return out


# The outline, counter-clockwise from the south-west corner; each vertex with the line that leaves it.
_OUTLINE: list[tuple[Point, str]] = [
    ((-930, -930), "rail"),
    ((-300, -1000), "rail"),
    ((480, -1010), "rail"),
    ((990, -960), "east"),
    ((1050, -200), "east"),
    ((1010, 330), "notch_south"),
    ((800, 345), "notch_west"),
    ((770, 930), "north"),
    ((250, 1015), "north"),
    ((-350, 965), "north"),
    ((-760, 1000), "west_bend"),
    ((-1000, 700), "west"),
    ((-1060, 200), "west"),
    ((-985, -300), "west"),
]
_RIVER: list[Point] = [
    (292, 905),
    (326, 800),
    (338, 705),
    (327, 600),
    (306, 500),
    (303, 410),
    (328, 310),
    (368, 215),
    (403, 110),
    (428, 0),
    (448, -120),
    (455, -225),
    (444, -330),
    (420, -440),
    (402, -545),
    (402, -660),
    (424, -790),
    (455, -900),
]

_LINES = [
    Line("rail", "rail", "铁路北街"),
    Line("east", "secondary", "东环路"),
    Line("notch_south", "tertiary", "望湖南街"),
    Line("notch_west", "tertiary", "新城路"),
    Line("north", "secondary", "北园路", bridge=True),
    Line("west_bend", "tertiary", "西苑路"),
    Line("west", "tertiary", "西苑路"),
    Line("river", "river", "示范河"),
    Line("main", "dual", "示范大街", bridge=True),
    Line("south", "secondary", "建设路", bridge=True),
    Line("culture", "tertiary", "文化路"),
    Line("lake", "tertiary", "望湖北街"),
    Line("peace", "secondary", "和平路"),
    Line("bright_n", "tertiary", "光明路"),
    Line("bright_s", "tertiary", "光明南路"),
    Line("thrive_n", "tertiary", "振兴路"),
    Line("thrive_s", "tertiary", "振兴南路"),
    Line("new", "tertiary", "新城路"),
]
_CUTS: list[tuple[str, Point, Point]] = [
    ("main", (-1300, 15), (1300, 95)),
    ("south", (-1300, -505), (1300, -425)),
    ("culture", (-1300, 490), (335, 560)),
    ("lake", (295, 655), (1000, 615)),
    ("peace", (-285, 1300), (-165, -1300)),
    ("bright_n", (-660, 1300), (-610, -515)),
    ("bright_s", (-505, -440), (-470, -1300)),
    ("thrive_n", (5, 570), (55, 40)),
    ("thrive_s", (130, 90), (150, -495)),
    ("new", (803, 352), (715, -475)),
]

# Name, style, a point inside, and how large a block between streets is there (m² of the straight drawing).
_COMMUNITIES: list[tuple[str, str, Point, float]] = [
    ("西苑", "old", (-830, 730), 36000),
    ("北园", "old", (-460, 750), 34000),
    ("文化", "old", (20, 780), 38000),
    ("文苑", "old", (-850, 250), 42000),
    ("光明", "old", (-440, 270), 30000),
    ("和平", "centre", (-110, 290), 28000),
    ("振兴", "centre", (180, 290), 36000),
    ("康宁", "old", (-820, -240), 40000),
    ("迎春", "old", (-410, -230), 30000),
    ("中心", "centre", (-20, -220), 30000),
    ("滨河", "new", (290, -200), 38000),
    ("槐荫", "old", (-740, -720), 34000),
    ("建设", "old", (-330, -730), 36000),
    ("南苑", "new", (100, -730), 48000),
    ("望湖", "new", (550, 790), 52000),
    ("新城", "new", (580, 380), 52000),
    ("锦绣", "new", (890, 210), 50000),
    ("银河", "new", (590, -180), 56000),
    ("东岸", "new", (880, -180), 56000),
    ("东站", "works", (700, -720), 60000),
]

_SPECIAL: list[tuple[str, Point, str]] = [
    ("mall", (-90, 140), "示范天地购物中心"),
    ("mall", (620, -330), "东岸里购物广场"),
    ("office", (-100, -80), "示范中心"),
    ("office", (60, -100), "振兴商务中心"),
    ("office", (150, 150), "滨河商务园"),
    ("office", (-300, -90), "和平大厦"),
    ("market", (-330, 180), "迎春巷美食街"),
    ("market", (-350, -600), "建设里市集"),
    ("market", (880, -350), "东岸生活街"),
    ("park", (210, 430), "滨河公园"),
    ("park", (-700, -600), "槐荫公园"),
    ("school", (-480, 380), "示范街道第一小学"),
    ("school", (600, 480), "示范街道新城学校"),
    ("school", (-80, -800), "示范街道南苑中学"),
    ("hospital", (-800, -160), "示范街道医院"),
    ("alley", (-560, 650), "北园老街"),
    ("alley", (-520, -330), "迎春老街"),
    ("alley", (-880, -640), "槐荫老街"),
    ("works", (690, -720), "东站旧厂区"),
    ("site", (880, -620), "东站在建地块"),
    ("site", (480, 900), "望湖在建地块"),
    ("office", (380, -350), "银河科创楼"),
]

_HEADS = words("锦 翠 和 怡 安 康 文 馨 明 瑞 福 兰 桂 松 柳 泰 祥 嘉 丽 清 静 逸 华 盛 景 春 ")
_TAILS = words("园 苑 湾 庭 轩 里 岸 泽 林 溪 悦 宁 和 乐 欣 景 阳 禾 雅 居")
_LANES = words("文化 迎春 槐花 石榴 书香 福寿 桃园 柳荫 青年 工人")
_LANES += words("幸福 团结 同心 友谊 永安 长乐 后营 前营 东井 西井")
_LANES += words("枣园 梨园 杨家 柳家 石桥 木桥 钟楼 鼓楼 书院 学堂 邮政 粮站 布市 菜市 花市 马市")
_LANES += words("芙蓉 海棠 丁香 玉兰 紫藤 银杏 梧桐 青松 翠竹 红梅 百合 月季 荷塘 莲池 芦苇 枫林")
_LANES += words("南塘 北塘 杏林 豆腐 竹竿 灯市 米市 棉花 染坊 铁匠 花园 果园 曲水 泉眼 双桥 三元")


def make_frame(draw: Draw) -> Frame:
    """Cut the outline into communities, blocks and grids."""
    mesh = Mesh()
    lines = {line.key: line for line in _LINES}
    loop = [mesh.add(p) for p, _ in _OUTLINE]
    for n, (_, key) in enumerate(_OUTLINE):
        mesh.lines[edge(loop[n], loop[(n + 1) % len(loop)])] = key
    bed = [loop[8]] + [mesh.add(p) for p in _RIVER] + [loop[2]]
    for a, b in itertools.pairwise(bed):
        mesh.lines[edge(a, b)] = "river"
    mesh.faces = [Face(bed + loop[3:8]), Face(bed + loop[1::-1] + loop[:8:-1])]
    # One of the two runs clockwise as written; every face must run counter-clockwise.
    for face in mesh.faces:
        if area(mesh.ring(face)) < 0:
            face.loop.reverse()
    for key, p, q in _CUTS:
        mesh.cut_all(p, q, key, 14)

    frame = Frame(mesh, lines, [])
    for n, (name, style, seat, block_area) in enumerate(_COMMUNITIES):
        code = f"{COUNTY_AND_STREET}{n + 1:03d}"
        frame.communities.append(Community(code, name + "社区", style, seat, block_area))
        for face in mesh.faces:
            if inside(seat, mesh.ring(face)):
                face.community = n
    _cut_blocks(frame, draw)
    _cut_grids(frame, draw)
    _settle_uses(frame, draw)
    return frame


def _cut_blocks(frame: Frame, draw: Draw) -> None:
    """Cut communities by lanes until the blocks are small enough."""
    mesh = frame.mesh
    names = draw.mixed(_LANES)
    # The old works keep their ground in one piece: no street has ever crossed it.
    yard = Line("yard", "residential", "旧厂路")
    frame.lines["yard"] = yard
    works = next(f for f in mesh.faces if frame.communities[f.community].style == "works")
    mesh.halve(works, (0.03, 1.0), 0.68, "yard", 5)
    queue = list(mesh.faces)
    done = 0
    while queue:
        face = queue.pop(0)
        community = frame.communities[face.community]
        size = abs(area(mesh.ring(face)))
        if size < community.block_area * draw.between(1.25, 1.7) or inside((690, -720), mesh.ring(face)):
            continue
        kind = "residential" if size > 2.6 * community.block_area else draw.one(["residential", "living_street"])
        if community.style == "new":
            kind = "residential"
        key = f"lane{done:02d}"
        name = names[done % len(names)] + ("街" if kind == "residential" else "巷")
        if done >= len(names):
            name = names[done % len(names)] + ("东街" if kind == "residential" else "东巷")
        new = _halve(mesh, face, draw, key, draw.between(0.38, 0.62), 26)
        if new is None:
            continue
        frame.lines[key] = Line(key, kind, name, oneway=kind == "residential" and draw.chance(0.28))
        done += 1
        queue += [face, new]
    for n, face in enumerate(mesh.faces):
        face.block = n
        frame.blocks.append(Block(n, face.community, [face]))


def _halve(mesh: Mesh, face: Face, draw: Draw, key: str, share: float, snap: float) -> Face | None:
    """Cut a face across its longer way, a little askew."""
    ring = mesh.ring(face)
    width = max(p[0] for p in ring) - min(p[0] for p in ring)
    height = max(p[1] for p in ring) - min(p[1] for p in ring)
    skew = draw.between(-0.13, 0.13)
    ways = [(skew, 1.0), (1.0, skew)]
    for way in ways if width > height else ways[::-1]:
        new = mesh.halve(face, heading((0, 0), way), share, key, snap)
        if new is not None:
            return new
    return None


def _cut_grids(frame: Frame, draw: Draw) -> None:
    """Share the grids out among the blocks by size and cut the larger blocks along unseen borders."""
    mesh = frame.mesh
    frame.lines["border"] = Line("border", "border", "")
    sizes = [area(mesh.ring(block.faces[0])) for block in frame.blocks]
    for _ in range(GRIDS - len(frame.blocks)):
        most = max(
            (b for b in frame.blocks if not inside((690, -720), mesh.ring(b.faces[0]))),
            key=lambda b: sizes[b.number] / b.grids,
        )
        most.grids += 1
    for block in frame.blocks:
        parts = [(block.faces[0], block.grids)]
        while parts:
            face, count = parts.pop()
            if count < 2:
                continue
            new = _halve(mesh, face, draw, "border", (count // 2) / count, 22)
            if new is not None:
                block.faces.append(new)
                parts += [(face, count // 2), (new, count - count // 2)]


def _settle_uses(frame: Frame, draw: Draw) -> None:
    """Give each block its use and name."""
    mesh = frame.mesh
    middles = [centre([mesh.points[i] for i in mesh.outline(b.faces)]) for b in frame.blocks]
    for use, seat, name in _SPECIAL:
        free = [b for b in frame.blocks if not b.use]
        block = min(free, key=lambda b: gap(middles[b.number], seat))
        block.use, block.name = use, name
    heads = draw.mixed([a + b for a in _HEADS for b in _TAILS if a != b])
    for block in frame.blocks:
        if block.use:
            continue
        style = frame.communities[block.community].style
        block.use = "new" if style == "new" or (style == "centre" and draw.chance(0.4)) else "old"
        if block.use == "old":
            block.name = heads[block.number] + draw.one(["小区", "小区", "家园", "新村", "宿舍"])
        else:
            block.name = heads[block.number] + draw.one(["花园", "家园", "府", "华庭", "小区"])
