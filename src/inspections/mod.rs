//! Courtesy inspections: what is looked at, how it was rated, and the way from a car arriving to a report sent.

pub mod api;
pub mod catalogue;
mod event;
mod filter;
mod finding;
pub mod findings_api;
mod findings_queries;
mod gauge;
mod list_queries;
mod photo;
mod photo_queries;
mod places;
mod progress;
pub mod queries;
pub mod severity;
mod tap;
mod whole_queries;
mod workflow;
pub mod workflow_api;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::openapi::schema::ArrayBuilder;
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

pub use event::Event;
pub use finding::{Answer, Finding, Previous, Verdict};
pub use findings_queries::list_findings;
pub use gauge::{Band, Gauge};
pub use photo::{Caption, Photo, PhotoKind, PhotoUrls};
pub use photo_queries::list_photos;
pub use progress::{Missing, Needs, Progress, Rating};
pub use tap::{Tap, Taps};
pub use whole_queries::whole;
pub use workflow::{SentVia, Stage, Status};

use self::queries::WithPeople;
use self::whole_queries::Beside;
use crate::customers::Customer;
use crate::ids::{InspectionId, ShopId, UserId, VehicleId};
use crate::text::{Change, Line, Prose};
use crate::users::User;
use crate::vehicles::{Mileage, Vehicle};

/// The inspection of a vehicle on one visit.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Inspection {
    /// Its id.
    pub id: InspectionId,
    /// What is inspected.
    pub vehicle_id: VehicleId,
    /// Where.
    pub shop_id: ShopId,
    /// Who took the car in.
    pub created_by: UserId,
    /// How far it is and with whom: `status` and `assigned_to`.
    #[serde(flatten)]
    pub stage: Stage,
    /// What the customer told the desk.
    pub customer_concerns: Vec<Line<500>>,
    /// When a mechanic first started.
    pub started_at: Option<Timestamp>,
    /// When it was last completed.
    pub completed_at: Option<Timestamp>,
    /// What the odometer showed, in the shop's unit.
    pub odometer_reading: Option<i32>,
    /// For the shop's own people; never on the report.
    pub internal_notes: Option<Prose<4000>>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// When it was deleted.
    pub deleted_at: Option<Timestamp>,
    /// When the customer first got the report.
    pub sent_at: Option<Timestamp>,
    /// How.
    pub sent_via: Option<SentVia>,
    /// When the customer first looked at it.
    pub viewed_at: Option<Timestamp>,
    /// Since when it is in this state.
    pub status_changed_at: Timestamp,
    /// Until when the last report link opens.
    pub report_expires_at: Option<Timestamp>,
    /// The checklist that it was made with.
    pub catalogue_version: String,
    /// Counts the writes to its findings.
    #[serde(skip)]
    pub findings_version: i32,
}

/// A car to inspect.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewInspection {
    id: Option<InspectionId>,
    vehicle_id: VehicleId,
    assigned_to: Option<UserId>,
    #[serde(default)]
    customer_concerns: Concerns,
    odometer_reading: Option<Mileage>,
    internal_notes: Option<Prose<4000>>,
}

impl NewInspection {
    /// The id that whoever takes the car in has chosen.
    #[must_use]
    pub fn id(&self) -> Option<InspectionId> {
        self.id
    }

    /// The car.
    #[must_use]
    pub fn vehicle_id(&self) -> VehicleId {
        self.vehicle_id
    }

    /// Who is to inspect it.
    #[must_use]
    pub fn assigned_to(&self) -> Option<UserId> {
        self.assigned_to
    }
}

/// What may be changed beside the findings: absent keeps, null clears.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InspectionChange {
    #[serde(default)]
    customer_concerns: Change<Concerns>,
    #[serde(default)]
    odometer_reading: Change<Mileage>,
    #[serde(default)]
    internal_notes: Change<Prose<4000>>,
}

/// What the customer told the desk, a line each.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(try_from = "Vec<Line<500>>")]
struct Concerns(Vec<Line<500>>);

/// More concerns than this are a conversation.
const MOST_CONCERNS: usize = 50;

impl PartialSchema for Concerns {
    fn schema() -> RefOr<Schema> {
        ArrayBuilder::new().items(Line::<500>::schema()).max_items(Some(MOST_CONCERNS)).into()
    }
}

impl ToSchema for Concerns {}

impl TryFrom<Vec<Line<500>>> for Concerns {
    type Error = String;

    fn try_from(lines: Vec<Line<500>>) -> Result<Self, String> {
        if lines.len() > MOST_CONCERNS {
            return Err(format!("must be at most {MOST_CONCERNS} lines"));
        }
        Ok(Self(lines))
    }
}

impl Inspection {
    /// The inspection after the change.
    #[must_use]
    pub fn changed(self, change: InspectionChange) -> Self {
        let odometer = change.odometer_reading;
        Self {
            customer_concerns: match change.customer_concerns {
                Change::Keep => self.customer_concerns,
                Change::Clear => Vec::new(),
                Change::Set(concerns) => concerns.0,
            },
            odometer_reading: match odometer {
                Change::Keep => self.odometer_reading,
                Change::Clear => None,
                Change::Set(shown) => Some(shown.shown()),
            },
            internal_notes: change.internal_notes.apply(self.internal_notes),
            ..self
        }
    }
}

/// An inspection with everything that is read beside it.
#[derive(Debug, Serialize, ToSchema)]
pub struct WholeInspection {
    /// The inspection.
    #[serde(flatten)]
    pub inspection: Inspection,
    /// What is inspected; also when it has been deleted since.
    pub vehicle: Vehicle,
    /// Whose it is; also when they have been deleted since.
    pub customer: Customer,
    /// Who inspects it.
    pub assignee: Option<User>,
    /// What was found, in the order of the catalogue.
    pub items: Vec<Finding>,
    /// Every photo: of findings, of components that nobody has rated, and of the car.
    pub photos: Vec<Photo>,
    /// How far it is.
    pub progress: Progress,
    /// What was found last time, on this vehicle's earlier visits.
    pub previous: Vec<Previous>,
}

impl WholeInspection {
    /// Puts together what was read in one flight.
    fn new((inspection, vehicle, customer, assignee): WithPeople, beside: Beside) -> Self {
        let Beside { findings, previous, photos } = beside;
        let items = photo::beside(findings, &photos);
        let progress = Progress::of(vehicle.powertrain, items.iter().map(Finding::rating));
        Self { inspection, vehicle, customer, assignee, items, photos, progress, previous }
    }
}

/// An inspection in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct ListedInspection {
    /// The inspection.
    #[serde(flatten)]
    pub inspection: Inspection,
    /// What is inspected.
    pub vehicle: Vehicle,
    /// Whose it is.
    pub customer: Customer,
    /// Who inspects it.
    pub assignee: Option<User>,
    /// How far it is.
    pub progress: Progress,
}
