"""The RULES table: everything that can be said of a document, by code.  A new rule is one file here and one row.

Fixes are applied in the order of the table.
"""

from collections.abc import Mapping
from types import MappingProxyType

from convert.rules import (
    art001_missing_title,
    art002_empty_body,
    art003_truncated_body,
    art004_dateline_date,
    art009_schema_violation,
    htm001_crossed_markup,
    htm002_hidden_text,
    htm003_too_deep,
    htm004_empty_element,
    htm005_removed_media,
    htm006_stray_end_tag,
    htm007_escaped_markup,
    htm008_text_in_attribute,
    img001_tracking_image,
    img002_relative_image,
    img003_missing_image_address,
    img004_broken_data_image,
    img005_lazy_placeholder,
    lnk001_relative_link,
    lnk002_unusable_link,
    nav001_navigation_beacon,
    nav002_relative_navigation,
    nav003_unresolved_navigation,
    nav004_promotion,
    nav005_page_furniture,
    src001_unreadable_file,
    src002_file_too_large,
    src003_unsafe_member,
    src004_not_an_article,
    src005_invalid_utf8,
    src006_unknown_wrapper,
    src007_invalid_json,
    src008_missing_source,
    src009_failed_conversion,
    txt001_control_character,
    txt002_zero_width_character,
    txt003_line_separator,
    txt004_misread_text,
    txt005_compatibility_character,
)
from convert.rules.rule import Rule

RULES: Mapping[str, Rule] = MappingProxyType(
    {
        module.RULE.code: module.RULE
        for module in (
            art001_missing_title,
            art002_empty_body,
            art003_truncated_body,
            art004_dateline_date,
            art009_schema_violation,
            htm001_crossed_markup,
            htm002_hidden_text,
            htm003_too_deep,
            htm004_empty_element,
            htm005_removed_media,
            htm006_stray_end_tag,
            htm007_escaped_markup,
            htm008_text_in_attribute,
            img001_tracking_image,
            img002_relative_image,
            img003_missing_image_address,
            img004_broken_data_image,
            img005_lazy_placeholder,
            lnk001_relative_link,
            lnk002_unusable_link,
            nav001_navigation_beacon,
            nav002_relative_navigation,
            nav003_unresolved_navigation,
            nav004_promotion,
            nav005_page_furniture,
            src001_unreadable_file,
            src002_file_too_large,
            src003_unsafe_member,
            src004_not_an_article,
            src005_invalid_utf8,
            src006_unknown_wrapper,
            src007_invalid_json,
            src008_missing_source,
            src009_failed_conversion,
            txt001_control_character,
            txt002_zero_width_character,
            txt003_line_separator,
            txt004_misread_text,
            txt005_compatibility_character,
        )
    }
)
