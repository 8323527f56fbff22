//! How the parts look to someone who has never heard of us.
//!
//! A part is a plain Parquet file (zstd), `parts/<blake3 of its bytes>.<kind>.parquet`. DuckDB,
//! pandas and R read it as it is. Its key-value metadata hold `sheaf.part` (the kind and the
//! version of its layout, as in `claims@1`) and, for parts of an import, `sheaf.source`,
//! `sheaf.file`, `sheaf.dataset` and `sheaf.version`. Nothing in a part depends on when or where
//! it was written: the same reports give the same bytes (invariant 15).
//!
//! **reports@1**: one row per report, in the order of the file.
//!
//! | column | type | |
//! |---|---|---|
//! | `report` | uint32 | position in the part, from 0; claims refer to it |
//! | `source`, `key` | text | the report's id is `source:key`; the key is the source's own, raw |
//! | `row_no` | uint64 | line, row or object number in the file |
//! | `unit` | text | incident, episode, aggregate, lead |
//! | `digest` | 16 bytes | of everything kept; differs when the report was revised |
//! | `first_claim` | uint64 | row of its first claim in the claims part, from 0 |
//! | `n_claims` | uint32 | how many rows from there are its claims |
//!
//! **claims@1**: one row per claim, in the order of the reports.
//!
//! | column | type | |
//! |---|---|---|
//! | `report` | uint32 | which report says it |
//! | `field` | text | what it is about |
//! | `column_no`, `column_name` | uint16, text | where in the row it stands; the header to the letter |
//! | `said` | text | what was said, to the letter (empty for running text, which is not kept) |
//! | `meaning` | text | what we understood: words, spelt, when, where, toll, kind, day, number, unit, wording, part-of, unknown, not-understood |
//! | `first_day`, `last_day` | date | when; for a day both are that day |
//! | `lat`, `lon`, `radius_m` | double, double, float | where; WGS 84 and how far off it may be |
//! | `harm`, `whom`, `attackers`, `qualifier` | text | toll |
//! | `low`, `best`, `high` | uint32 | toll; no `high` means no upper bound |
//! | `as_of` | date | toll: the day on which it was true, where said |
//! | `words` | text | spelt: the other spelling; kind, unit, unknown: the name. Where `meaning` is `words`, it is `said` without the white space around it |
//! | `number` | uint32 | number; part-of: the column it was read together with |
//! | `fingerprint` | 8 bytes | wording: a SimHash of the text, most significant byte first |
//!
//! **notes@1**: doubts and rows set aside, in the order in which they arose.
//!
//! | column | type | |
//! |---|---|---|
//! | `note` | text | doubt, set-aside |
//! | `row_no` | uint64 | empty when about the whole file |
//! | `column_no` | uint16 | empty when about the whole row |
//! | `code` | text | what is wrong, or why it was set aside |
//! | `said` | text | what was said, shortened; empty for rows set aside |
//!
//! **members@1**: which report belongs to which incident, sorted by both.
//!
//! | column | type | |
//! |---|---|---|
//! | `incident` | text | the incident's handle |
//! | `report` | text | `source:key` |
//!
//! A view may stand in layers: a base, and parts of the same kinds that say what changed since. The
//! tables `linkage_layer` and `settled_layer` of the ledger list them, oldest first. Of a handle
//! that several name, the newest layer decides; what it says is the whole incident.
//!
//! **gone@1**: the handles that a layer ended, in order.
//!
//! | column | type | |
//! |---|---|---|
//! | `incident` | text | a handle that is none any more |
//!
//! **incidents@1**: one row per incident, settled by the profile named in `sheaf.profile`. For
//! people who want one table; where claims disagree, what each said is in the other parts.
//!
//! | column | type | |
//! |---|---|---|
//! | `incident` | text | the incident's handle |
//! | `n_reports` | uint32 | how many reports tell of it |
//! | `reports` | list of text | their ids, in order |
//! | `sources` | list of text | who tells of it |
//! | `licence` | text | the strictest among them |
//! | `first_day`, `last_day` | date | when |
//! | `lat`, `lon`, `radius_m` | double, double, float | where |
//! | `place_name`, `admin_1`, `country`, `kind`, `target`, `weapon` | text | |
//! | `killed_low`, `killed_best`, `killed_high` | uint32 | of everyone counted; the first such toll of the profile |
//! | `injured_low`, `injured_best`, `injured_high` | uint32 | likewise |
//! | `first_value`, `n_values` | uint64, uint32 | its rows in the values part |
//!
//! **values@1**: one row per settled value, in the order of the incidents.
//!
//! | column | type | |
//! |---|---|---|
//! | `incident` | uint32 | row of the incident in the incidents part, from 0 |
//! | `field` | text | what it is about |
//! | `first_day` … `as_of` | | as in claims@1 |
//! | `words` | text | the value, where it is words or a kind |
//! | `rule` | text | the rule that chose it |
//! | `from_claims`, `against_claims` | list of uint64 | the claims it rests on, and the comparable ones that say otherwise: 65536 × the report's position in `reports`, plus the claim's position among the report's claims, both from 0 |

use std::sync::{Arc, LazyLock};

use arrow_schema::{DataType, Field, Schema, SchemaRef};
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterPropertiesBuilder};
use parquet::schema::types::ColumnPath;

/// A kind of part.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum PartKind {
    /// The reports of an import.
    Reports,
    /// Their claims.
    Claims,
    /// Its doubts and rows set aside.
    Notes,
    /// Which report belongs to which incident.
    Members,
    /// Handles that ended with a layer of a view.
    Gone,
    /// Incidents with their settled values side by side.
    Incidents,
    /// Every settled value with the claims for and against it.
    Values,
}

impl PartKind {
    /// Every kind.
    pub const ALL: [PartKind; 7] = [
        PartKind::Reports,
        PartKind::Claims,
        PartKind::Notes,
        PartKind::Members,
        PartKind::Gone,
        PartKind::Incidents,
        PartKind::Values,
    ];

    /// The word in the file's name.
    pub fn name(self) -> &'static str {
        match self {
            PartKind::Reports => "reports",
            PartKind::Claims => "claims",
            PartKind::Notes => "notes",
            PartKind::Members => "members",
            PartKind::Gone => "gone",
            PartKind::Incidents => "incidents",
            PartKind::Values => "values",
        }
    }

    /// The kind with this name.
    pub fn from_name(name: &str) -> Option<PartKind> {
        PartKind::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Whether it holds a view, which follows from other parts and can be made again.
    pub fn is_view(self) -> bool {
        !matches!(self, PartKind::Reports | PartKind::Claims | PartKind::Notes)
    }

    /// Kind and version of the layout, as written into the part.
    pub fn layout(self) -> String {
        format!("{}@1", self.name())
    }

    pub(crate) fn schema(self) -> SchemaRef {
        match self {
            PartKind::Reports => REPORTS.clone(),
            PartKind::Claims => CLAIMS.clone(),
            PartKind::Notes => NOTES.clone(),
            PartKind::Members => MEMBERS.clone(),
            PartKind::Gone => GONE.clone(),
            PartKind::Incidents => INCIDENTS.clone(),
            PartKind::Values => VALUES.clone(),
        }
    }

    /// How the part is encoded.
    ///
    /// Level 1 of zstd takes about a third of the time of the next levels and loses about a tenth
    /// of the size. Columns that count or rise are written as differences; those whose values
    /// hardly repeat do without a dictionary, which would only be thrown away.
    pub(crate) fn properties(self) -> WriterProperties {
        let level = ZstdLevel::try_new(1).expect("1 is a level of zstd");
        let plain = WriterProperties::builder()
            .set_compression(Compression::ZSTD(level))
            .set_created_by("sheaf".to_owned())
            .set_write_batch_size(8192)
            .set_data_page_row_count_limit(16_384)
            .set_statistics_enabled(EnabledStatistics::Chunk)
            .set_max_row_group_row_count(Some(match self {
                PartKind::Claims | PartKind::Values => 1 << 20,
                _ => 1 << 18,
            }));
        match self {
            PartKind::Reports => {
                let built = ["report", "row_no", "first_claim"].into_iter().fold(plain, rising);
                ["key", "digest"].into_iter().fold(built, unrepeated)
            }
            PartKind::Claims => {
                let built = rising(plain, "report");
                unrepeated(built, "fingerprint")
                    .set_column_statistics_enabled(path("said"), EnabledStatistics::None)
                    .set_column_statistics_enabled(path("words"), EnabledStatistics::None)
            }
            PartKind::Notes => rising(plain, "row_no"),
            PartKind::Members => unrepeated(plain, "report")
                .set_column_encoding(path("incident"), Encoding::DELTA_BYTE_ARRAY)
                .set_column_dictionary_enabled(path("incident"), false),
            PartKind::Gone => unrepeated(plain, "incident"),
            PartKind::Incidents => rising(unrepeated(plain, "incident"), "first_value")
                .set_column_dictionary_enabled(ColumnPath::from(list_path("reports")), false),
            PartKind::Values => rising(plain, "incident"),
        }
        .build()
    }
}

fn path(column: &str) -> ColumnPath {
    ColumnPath::from(column)
}

fn rising(builder: WriterPropertiesBuilder, column: &str) -> WriterPropertiesBuilder {
    builder
        .set_column_dictionary_enabled(path(column), false)
        .set_column_encoding(path(column), Encoding::DELTA_BINARY_PACKED)
}

fn unrepeated(builder: WriterPropertiesBuilder, column: &str) -> WriterPropertiesBuilder {
    builder.set_column_dictionary_enabled(path(column), false)
}

/// A column of text from a short list, kept as numbers into the list while in memory.
pub(crate) fn listed() -> DataType {
    DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8))
}

fn has(name: &str, data_type: DataType) -> Field {
    Field::new(name, data_type, false)
}

fn may_have(name: &str, data_type: DataType) -> Field {
    Field::new(name, data_type, true)
}

/// A list, its items never empty.
pub(crate) fn list_of(item: DataType) -> DataType {
    DataType::List(Arc::new(list_item(item)))
}

pub(crate) fn list_item(item: DataType) -> Field {
    Field::new("item", item, false)
}

fn list_path(column: &str) -> Vec<String> {
    [column, "list", "item"].map(str::to_owned).to_vec()
}

static REPORTS: LazyLock<SchemaRef> = LazyLock::new(|| {
    Arc::new(Schema::new(vec![
        has("report", DataType::UInt32),
        has("source", listed()),
        has("key", DataType::Utf8),
        has("row_no", DataType::UInt64),
        has("unit", listed()),
        has("digest", DataType::FixedSizeBinary(16)),
        has("first_claim", DataType::UInt64),
        has("n_claims", DataType::UInt32),
    ]))
});

static CLAIMS: LazyLock<SchemaRef> = LazyLock::new(|| {
    Arc::new(Schema::new(vec![
        has("report", DataType::UInt32),
        has("field", listed()),
        has("column_no", DataType::UInt16),
        has("column_name", listed()),
        has("said", DataType::Utf8),
        has("meaning", listed()),
        may_have("first_day", DataType::Date32),
        may_have("last_day", DataType::Date32),
        may_have("lat", DataType::Float64),
        may_have("lon", DataType::Float64),
        may_have("radius_m", DataType::Float32),
        may_have("harm", listed()),
        may_have("whom", listed()),
        may_have("attackers", listed()),
        may_have("qualifier", listed()),
        may_have("low", DataType::UInt32),
        may_have("best", DataType::UInt32),
        may_have("high", DataType::UInt32),
        may_have("as_of", DataType::Date32),
        may_have("words", DataType::Utf8),
        may_have("number", DataType::UInt32),
        may_have("fingerprint", DataType::FixedSizeBinary(8)),
    ]))
});

static NOTES: LazyLock<SchemaRef> = LazyLock::new(|| {
    Arc::new(Schema::new(vec![
        has("note", listed()),
        may_have("row_no", DataType::UInt64),
        may_have("column_no", DataType::UInt16),
        has("code", listed()),
        has("said", DataType::Utf8),
    ]))
});

static MEMBERS: LazyLock<SchemaRef> = LazyLock::new(|| {
    Arc::new(Schema::new(vec![has("incident", DataType::Utf8), has("report", DataType::Utf8)]))
});

static GONE: LazyLock<SchemaRef> =
    LazyLock::new(|| Arc::new(Schema::new(vec![has("incident", DataType::Utf8)])));

static INCIDENTS: LazyLock<SchemaRef> = LazyLock::new(|| {
    Arc::new(Schema::new(vec![
        has("incident", DataType::Utf8),
        has("n_reports", DataType::UInt32),
        has("reports", list_of(DataType::Utf8)),
        has("sources", list_of(DataType::Utf8)),
        has("licence", listed()),
        may_have("first_day", DataType::Date32),
        may_have("last_day", DataType::Date32),
        may_have("lat", DataType::Float64),
        may_have("lon", DataType::Float64),
        may_have("radius_m", DataType::Float32),
        may_have("place_name", DataType::Utf8),
        may_have("admin_1", DataType::Utf8),
        may_have("country", DataType::Utf8),
        may_have("kind", listed()),
        may_have("target", DataType::Utf8),
        may_have("weapon", DataType::Utf8),
        may_have("killed_low", DataType::UInt32),
        may_have("killed_best", DataType::UInt32),
        may_have("killed_high", DataType::UInt32),
        may_have("injured_low", DataType::UInt32),
        may_have("injured_best", DataType::UInt32),
        may_have("injured_high", DataType::UInt32),
        has("first_value", DataType::UInt64),
        has("n_values", DataType::UInt32),
    ]))
});

static VALUES: LazyLock<SchemaRef> = LazyLock::new(|| {
    Arc::new(Schema::new(vec![
        has("incident", DataType::UInt32),
        has("field", listed()),
        may_have("first_day", DataType::Date32),
        may_have("last_day", DataType::Date32),
        may_have("lat", DataType::Float64),
        may_have("lon", DataType::Float64),
        may_have("radius_m", DataType::Float32),
        may_have("harm", listed()),
        may_have("whom", listed()),
        may_have("attackers", listed()),
        may_have("qualifier", listed()),
        may_have("low", DataType::UInt32),
        may_have("best", DataType::UInt32),
        may_have("high", DataType::UInt32),
        may_have("as_of", DataType::Date32),
        may_have("words", DataType::Utf8),
        has("rule", listed()),
        has("from_claims", list_of(DataType::UInt64)),
        has("against_claims", list_of(DataType::UInt64)),
    ]))
});

#[cfg(test)]
mod tests {
    use super::*;

    /// What strangers read must be written down for them: every column stands in the text above,
    /// under the name of its part.
    #[test]
    fn every_column_is_documented() {
        let text = include_str!("schema.rs");
        for kind in PartKind::ALL {
            let title = format!("//! **{}**", kind.layout());
            let (_, after) = text.split_once(&title).unwrap_or_else(|| panic!("{title}"));
            let section = after.split("//! **").next().unwrap_or_default();
            for field in kind.schema().fields() {
                // The values part refers to the claims part for the columns both have.
                let shared = kind == PartKind::Values
                    && PartKind::Claims.schema().field_with_name(field.name()).is_ok();
                let named = section.contains(&format!("`{}`", field.name()));
                assert!(named || shared, "{title}: {}", field.name());
            }
        }
    }
}
