"""What compounds, lanes, restaurants and shops are called."""


def words(text: str) -> list[str]:
    """The words of a text; long lists of names read better as a line than as a column."""
    return text.split()


HEADS = words("锦 翠 和 怡 安 康 文 馨 明 瑞 福 兰 桂 松 柳 泰 祥 嘉 丽 清 静 逸 华 盛 景 春 ")
TAILS = words("园 苑 湾 庭 轩 里 岸 泽 林 溪 悦 宁 和 乐 欣 景 阳 禾 雅 居")
LANES = words("文化 迎春 槐花 石榴 书香 福寿 桃园 柳荫 青年 工人")
LANES += words("幸福 团结 同心 友谊 永安 长乐 后营 前营 东井 西井")
LANES += words("枣园 梨园 杨家 柳家 石桥 木桥 钟楼 鼓楼 书院 学堂 邮政 粮站 布市 菜市 花市 马市")
LANES += words("芙蓉 海棠 丁香 玉兰 紫藤 银杏 梧桐 青松 翠竹 红梅 百合 月季 荷塘 莲池 芦苇 枫林")
LANES += words("南塘 北塘 杏林 豆腐 竹竿 灯市 米市 棉花 染坊 铁匠 花园 果园 曲水 泉眼 双桥 三元")

PREFIX = words("老街 迎春 槐香 示范 和顺 巷口 小院 好味 邻里 四季")
PREFIX += words("双喜 家常 北方 南方 川味 湖畔 乐食 知味 江边 月半")
FOOD = {
    "restaurant": words("家常菜 饺子馆 火锅 烧烤 炒菜馆 羊汤馆 鱼馆 砂锅居"),
    "fast_food": words("面馆 麻辣烫 盖浇饭 包子铺 黄焖鸡 米线 炸鸡 早餐铺"),
    "cafe": ["咖啡", "茶饮", "奶茶铺"],
}
SHOP = {
    "convenience": "便利店",
    "greengrocer": "果蔬店",
    "supermarket": "超市",
    "hairdresser": "理发店",
    "laundry": "洗衣店",
    "bakery": "面包房",
}
