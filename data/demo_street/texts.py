"""The study's settings and the folder's README."""
# ruff: noqa: E501  (both texts are written as they appear)

STUDY = """\
# A made-up street office; make_demo.py writes this folder.
name = { zh = "示范街道（虚构）", en = "Demonstration Street (made up)" }
made_up = true

[files]
boundary = { path = "boundary.geojson", crs = "wgs84" }
communities = { path = "communities.geojson", crs = "wgs84" }
grids = { path = "grids.geojson", crs = "wgs84" }
streets = { path = "streets.osm" }
cells = { path = "cells.csv", crs = "wgs84", cell_size_m = 100, source = { zh = "虚构，由 make_demo.py 生成", \
en = "made up by make_demo.py" } }
centres = { path = "centres.csv", crs = "wgs84" }
hosts = { path = "hosts.csv", crs = "wgs84" }
restricted = { path = "restricted.geojson", crs = "wgs84" }
appeals = { path = "appeals.csv", crs = "wgs84" }
checkins = { path = "checkins.csv" }

[demand]
appeals_as_of = 2024-06-30
appeals_max_age_days = 365

[scenarios.base]
name = { zh = "基本方案", en = "Base plan" }
[scenarios.base.services.rest_station]
site_limit = 6
[scenarios.base.services.charging_cabinet]
site_limit = 8
[scenarios.base.services.sorting_point]
budget_yuan = 400000

[scenarios.lean]
name = { zh = "精简方案", en = "Lean plan" }
[scenarios.lean.services.rest_station]
site_limit = 3
[scenarios.lean.services.charging_cabinet]
site_limit = 4
[scenarios.lean.services.sorting_point]
budget_yuan = 200000

[scenarios.ample]
name = { zh = "充足方案", en = "Ample plan" }
[scenarios.ample.services.rest_station]
site_limit = 10
[scenarios.ample.services.charging_cabinet]
site_limit = 14
[scenarios.ample.services.sorting_point]
budget_yuan = 600000
"""

README = """\
# 示范街道（虚构） / Demonstration Street (made up)

**此街道为虚构。** 街道、社区、道路、楼栋、站点、单量和价格都由程序编造，不对应任何真实地方、单位或个人；
县级代码 990101 并不存在。

**This street office is made up.** Its communities, streets, buildings, centres, deliveries and prices were invented
by a program and stand for no real place, body or person; the county code 990101 does not exist.

生成方法 / How it was made: `python data/make_demo.py`，随机种子 / seed {seed}，仅用 Python 标准库，
同一种子在任何机器上得到逐字节相同的文件 / standard library only, the same bytes on every machine.

中心点 / centre: 117.0°E, 36.66°N；面积 / area: {area} km²。
坐标均为 WGS-84 经纬度，七位小数 / all coordinates are WGS-84 degrees with seven decimals.
文本为 UTF-8 / text is UTF-8.

## boundary.geojson

街道边界，一个多边形 / the street office's boundary, one polygon.

- `name` 名称 / name

## communities.geojson

{communities} 个社区，恰好铺满边界 / {communities} communities that tile the boundary.

- `community_code` 社区代码，12 位文本 = 990101（县级）+ 001（街道）+ 三位序号 / community code, 12 characters of text
- `name` 社区名 / name

## grids.geojson

{grids} 个网格，恰好铺满社区 / {grids} grids that tile the communities.

- `grid_code` 网格代码，15 位文本 = 社区代码 + 三位序号 / grid code, 15 characters of text: community code + 3 digits
- `name` 网格名 / name
- `community_code` 所属社区代码 / code of its community

## streets.osm

OSM XML 0.6：{street_nodes} 个路网节点，{buildings} 栋楼，另有小区、商场、餐馆、公园、学校、医院、河流、铁路。道路伸出边界
130–200 米。有一段小区内小路与其他道路不相连，这是有意的。
/ OSM XML 0.6: {street_nodes} nodes on streets, {buildings} buildings, and compounds, malls, restaurants, parks, schools,
a hospital, the river and the railway. Streets run 130–200 m past the boundary. One piece of path in a compound is cut
off from all others on purpose.

## cells.csv

{cells} 个 100 米方格（中心在当地平面 …, -50, 50, 150, … 米处，且在边界内），每格五行；全天为零的方格不列。
/ {cells} cells of 100 m (centres at …, -50, 50, 150, … m of the local plane, inside the boundary), five rows each; cells
without any delivery are left out.

- `cell_id` 方格编号 / cell
- `lon`, `lat` 中心经纬度（度） / centre (degrees)
- `period` 时段 / part of the day: `morning` 06–10, `lunch` 10–14, `afternoon` 14–17, `dinner` 17–21, `night` 21–06
- `meals_per_day` 该时段每日餐食单量（单/日，共 {meals}） / meals in that part of a day (orders a day, {meals} in all)
- `parcels_per_day` 该时段每日包裹量（件/日，共 {parcels}） / parcels in that part of a day (pieces a day, {parcels} in all)

## centres.csv

{centres} 个现有服务点 / {centres} service centres that exist already.

- `centre_id` 编号 / id
- `name` 名称 / name
- `lon`, `lat` 经纬度（度） / place (degrees)
- `services` 服务，分号分隔 / services, separated by `;`: `rest_station` 骑手驿站, `charging_cabinet` 充换电柜,
  `sorting_point` 快递分拣点
- `open_hours` 开放时间，分号分隔多段 / opening hours, spans separated by `;`, `00:00-24:00` = always
- `floor` 楼层，1 为首层，-1 为地下一层 / storey: 1 = ground floor, -1 = first basement
- `address` 地址（虚构） / address (made up)
- `offers` 设施，顿号分隔；空 = 没有写明 / what it offers, in Chinese words as offices write them; empty = not stated:
  饮水、热水 water, 微波炉、热饭 microwave, 充电 charging, 换电 battery swap, 卫生间 toilet, 空调 air conditioning,
  座椅 seats, 急救药箱 first aid, 分拣 parcel sorting, 停车 parking
- `access` 进门方式 / how to get in

## checkins.csv

现有服务点 {checkin_days} 天的签到，共 {checkins} 行，一行为一处一天；有一处无人使用，一处人很多，一处刚开两周，
还有缺记录的日子，都是有意的。
/ Check-ins at the centres over {checkin_days} days, {checkins} rows, a row a centre and day. Nobody uses one of them,
one is much used, one has been open for two weeks, and some days are not recorded, all on purpose.

- `date` 日期（2024 年 3 月 3 日至 6 月 30 日） / date (3 March to 30 June 2024)
- `station` 服务点编号，同 centres.csv / the centre's id in centres.csv
- `checkins` 签到人次 / how many checked in

## hosts.csv

{hosts} 个候选场所。其中两处离任何道路超过 150 米，一处只挨着上面那段不相连的小路，这是有意的。
/ {hosts} places that could take a facility. Two of them lie more than 150 m from any street, and one lies only by the
path that is cut off; both on purpose.

- `host_id` 编号 / id
- `name` 名称 / name
- `kind` 类别 / kind: `community_room` 社区用房, `shop` 门面, `lobby` 大堂, `car_park` 车库车位, `vacant_lot` 空地
- `lon`, `lat` 经纬度（度） / place (degrees)
- `floor` 楼层 / storey, as in centres.csv
- `area_m2` 可用面积（平方米） / usable area (m²)
- `yearly_cost_yuan` 街道每年为整处场所支付的费用（元/年） / what the whole host costs the office (yuan a year)
- `open_hours` 开放时间 / opening hours, as in centres.csv

## restricted.geojson

{restricted} 块禁设区 / {restricted} zones where facilities may not stand.

- `name` 名称 / name
- `reason` 原因 / reason
- `services` 禁设的服务，分号分隔；空 = 全部 / services that may not stand there, separated by `;`; empty = all

## appeals.csv

{appeals} 条诉求，其中 {open_appeals} 条未办结 / {appeals} appeals, {open_appeals} of them open.

- `appeal_id` 编号 / id
- `lon`, `lat` 经纬度（度） / place (degrees)
- `category` 类别 / category: 停车难 no place to stop, 分拣难 no place to sort, 进门难 no way in, 充电难 no place to
  charge, 休息难 no place to rest; 噪声扰民 noise, which no centre mends
- `date` 日期（2024 年上半年） / date (the first half of 2024)
- `status` `open` 未办结, `closed` 已办结

## study.toml

项目设置：文件、坐标系、方案 / the study's settings: files, coordinate systems, scenarios.
"""
