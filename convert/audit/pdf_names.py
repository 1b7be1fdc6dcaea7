"""Names of PDF that are known to do nothing by themselves (ISO 32000-2, tables 29, 31, 171 and 349)."""

CATALOG = frozenset(
    "/Type /Version /Extensions /Pages /PageLabels /Names /Dests /ViewerPreferences /PageLayout /PageMode /Outlines "  # noqa: SIM905
    "/Threads /OpenAction /URI /Metadata /StructTreeRoot /MarkInfo /Lang /OutputIntents /OCProperties /Perms "
    "/Requirements /NeedsRendering /DPartRoot /AF /Info".split()
)
"""Keys of the catalogue; `/Info` is what MuPDF writes there."""
PAGE = frozenset(
    "/Type /Parent /Resources /MediaBox /CropBox /BleedBox /TrimBox /ArtBox /BoxColorInfo /Contents /Rotate /Group /B "  # noqa: SIM905
    "/Dur /Trans /Annots /Metadata /StructParents /ID /PZ /SeparationInfo /Tabs /TemplateInstantiated /UserUnit /VP "
    "/AF /OutputIntents /DPart".split()
)
"""Keys of a page."""
ANNOTATIONS = frozenset(
    "/Text /Link /FreeText /Line /Square /Circle /Polygon /PolyLine /Highlight /Underline /Squiggly /StrikeOut /Caret "  # noqa: SIM905
    "/Stamp /Ink /Popup /Widget /Watermark /Redact /PrinterMark /TrapNet".split()
)
"""Annotations that do nothing by themselves."""
INFO = frozenset(
    "/Title /Subject /Keywords /Producer /Creator /CreationDate /ModDate /Trapped /Author".split()  # noqa: SIM905
)
"""Keys of the information about a file that say nothing of a machine or of a copy."""
QUIET = frozenset(
    "/URI /Alt /ActualText /E /Contents /T /TU /TM /Title /Info /RegistryName /OutputConditionIdentifier /NM /V /DV "  # noqa: SIM905
    "/Subj /Author /Creator /Producer /Subject /Keywords /F /UF /Desc /ID /JS /Name /Reason /Location /ContactInfo /NS "
    "/Lang /Base /RC /RV /DA /CA /AC /RC /D /Dest /O /Opt /Label /P /S /XFA /Summary".split()
)
"""Keys whose texts are shown or compared, or are judged otherwise."""
