"""The few words that outputs say themselves, in the article's language, and that reading them back must know."""

from collections.abc import Mapping
from types import MappingProxyType

Words = Mapping[str, str]

WORDS: Mapping[str, Words] = MappingProxyType({
    "zh-Hans": {
        "source": "原文：", "contents": "目录", "previous": "上一篇", "next": "下一篇", "picture": "〔图片〕",
        "by": "、", "left_out": "这篇文章未能转换：", "missing": "〔{}：镜像没有保留〕", "articles": "篇文章",
        "tweet": "推文", "instagram": "Instagram 贴文", "facebook": "脸书贴文", "video": "视频", "audio": "音频",
        "document": "文件", "other": "嵌入内容",
    },
    "zh-Hant": {
        "source": "原文：", "contents": "目錄", "previous": "上一篇", "next": "下一篇", "picture": "〔圖片〕",
        "by": "、", "left_out": "這篇文章未能轉換：", "missing": "〔{}：鏡像沒有保留〕", "articles": "篇文章",
        "tweet": "推文", "instagram": "Instagram 貼文", "facebook": "臉書貼文", "video": "影片", "audio": "音訊",
        "document": "文件", "other": "嵌入內容",
    },
    "en": {
        "source": "Source: ", "contents": "Contents", "previous": "Previous", "next": "Next", "picture": "[Picture]",
        "by": ", ", "left_out": "This article could not be converted: ", "missing": "[{}: not kept by the mirror]",
        "articles": "articles",
        "tweet": "Tweet", "instagram": "Instagram post", "facebook": "Facebook post", "video": "Video",
        "audio": "Audio", "document": "Document", "other": "Embedded matter",
    },
})  # fmt: skip


def words(language: str) -> Words:
    """The words for a language; English where there are none."""
    return WORDS.get(language) or WORDS["en"]
