//! The cars' visits: today's board, last week, last spring, and before.

use super::ago::{Ago, days, hours, minutes};
use super::findings::{self, Rated, Spot, Wear, measured, not_applicable, overruled, red, yellow};
use crate::inspections::Answer::{CallMe, DoIt, Later};
use crate::inspections::severity::Severity::Red;
use crate::powertrain::Powertrain;

/// A car's visit and what came of it.
pub(super) struct Visit {
    pub(super) plate: &'static str,
    pub(super) reached: Reached,
    /// Since when it is there.
    pub(super) since: Ago,
    /// Who was told to look at it, by first name.
    pub(super) mechanic: Option<&'static str>,
    pub(super) concern: Option<&'static str>,
    pub(super) internal_notes: Option<&'static str>,
    /// How many minutes after the sending the customer looked.
    pub(super) viewed_after: Option<i32>,
    /// Why the text with the report did not arrive.
    pub(super) failure: Option<&'static str>,
    wear: Wear,
    spots: &'static [Spot],
}

/// How far a visit has come.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Reached {
    Created,
    Assigned,
    /// So many of the required components are rated.
    Started(usize),
    /// It was completed, and a manager had a reason to send it back.
    SentBack(&'static str),
    Completed,
    /// The report was texted.
    Texted,
    /// The link was handed over.
    HandedOver,
}
use Reached::{Assigned, Completed, Created, HandedOver, SentBack, Started, Texted};

impl Visit {
    const fn new(plate: &'static str, reached: Reached, since: Ago) -> Self {
        Self {
            plate,
            reached,
            since,
            mechanic: None,
            concern: None,
            internal_notes: None,
            viewed_after: None,
            failure: None,
            wear: Wear { tread: [8.0, 8.0], lining: [9.0, 9.0], battery: 12.6 },
            spots: &[],
        }
    }

    const fn by(mut self, mechanic: &'static str) -> Self {
        self.mechanic = Some(mechanic);
        self
    }

    const fn told(mut self, concern: &'static str) -> Self {
        self.concern = Some(concern);
        self
    }

    const fn noted(mut self, internal_notes: &'static str) -> Self {
        self.internal_notes = Some(internal_notes);
        self
    }

    /// Tread and lining, each front and rear, and the battery.
    const fn worn(mut self, tread: [f64; 2], lining: [f64; 2], battery: f64) -> Self {
        self.wear = Wear { tread, lining, battery };
        self
    }

    const fn found(mut self, spots: &'static [Spot]) -> Self {
        self.spots = spots;
        self
    }

    const fn viewed_after(mut self, minutes: i32) -> Self {
        self.viewed_after = Some(minutes);
        self
    }

    const fn undelivered(mut self, failure: &'static str) -> Self {
        self.failure = Some(failure);
        self
    }

    /// What has been rated so far.
    pub(super) fn findings(&self, powertrain: Powertrain) -> Vec<Rated> {
        match self.reached {
            Created | Assigned => Vec::new(),
            Started(required) => findings::first(required, &self.wear, self.spots, powertrain),
            SentBack(_) | Completed | Texted | HandedOver => findings::all(&self.wear, self.spots, powertrain),
        }
    }
}

/// All visits, the present ones first.
pub(super) fn visits() -> impl Iterator<Item = &'static Visit> {
    [TODAY, LAST_WEEK, LAST_SPRING, BEFORE].into_iter().flatten()
}

const TODAY: &[Visit] = &[
    Visit::new("8FKD 312", Created, minutes(45)).told("Squeals when braking downhill, mornings only"),
    Visit::new("TRK 90417", Created, minutes(12)),
    Visit::new("7XYA 448", Created, minutes(3)).told("Oil change, check before road trip"),
    Visit::new("6LMR 027", Assigned, hours(1, 38)).by("Luis"),
    Visit::new("9BWP 551", Assigned, minutes(42)).by("Tomasz").told("Pulls to the right on the freeway"),
    Visit::new("4TCV 880", Assigned, minutes(23)).by("Aaron").noted("Opted out of texts: hand the link over"),
    Visit::new("EV 2KL9", Assigned, minutes(8)).by("Dee").told("Charge port door sticks"),
    Visit::new("7KLM 204", Started(18), minutes(26))
        .by("Luis")
        .told("Brakes feel soft lately")
        .worn([5.0, 4.0], [3.0, 7.5], 12.5)
        .found(&[
            overruled("brakes", "front_pads_right", 3.5, Red).saying("Uneven with the other side"),
            yellow("fluids", "engine_oil").saying("Dark, change is due"),
        ]),
    Visit::new("5HHG 619", SentBack("Which ball joint, left or right? Please look again"), minutes(19))
        .by("Tomasz")
        .worn([7.0, 7.0], [8.0, 8.5], 12.6)
        .found(&[yellow("steering_suspension", "ball_joints").saying("Boot cracked, grease still in")]),
    Visit::new("2NEM 773", Started(9), minutes(14))
        .by("Dee")
        .told("Shakes at highway speed")
        .worn([2.0, 5.0], [3.0, 6.0], 12.4)
        .found(&[measured("brakes", "front_pads_right", 3.5)]),
    Visit::new("8DAV 106", Started(6), minutes(9)).by("Aaron"),
    Visit::new("3PQS 942", Started(1), minutes(2)).by("Luis").told("First visit, wants to know what is due"),
    Visit::new("6VTR 385", Completed, hours(1, 42))
        .by("Tomasz")
        .told("Grinding from the front when braking, worse in the rain")
        .worn([7.0, 6.0], [5.5, 7.0], 12.1)
        .found(&[
            measured("brakes", "front_pads_left", 2.5)
                .saying("Pads are worn out and starting to score the rotor. I would not wait with this one."),
            measured("tires", "tread_depth_rr", 2.0).saying("Level with the wear bars. Slides in the wet."),
            red("lights", "brake_lamps").saying("Center brake lamp out"),
            yellow("filters_ignition", "cabin_filter"),
            yellow("brakes", "rotors_front"),
            yellow("steering_suspension", "control_arms"),
        ]),
    Visit::new("7RJB 019", Completed, minutes(38)).by("Dee").worn([6.0, 6.0], [7.0, 7.5], 12.5).found(&[
        not_applicable("belts_hoses", "serpentine_belt"),
        yellow("ev_hybrid", "battery_fan"),
        yellow("glass", "front_wipers"),
    ]),
    Visit::new("7TRD 408", Completed, minutes(17))
        .by("Luis")
        .told("Blinks fast on the right")
        .noted("No phone: she waits in the front")
        .worn([5.0, 5.0], [5.5, 5.5], 12.4)
        .found(&[red("lights", "turn_signals").saying("Rear one out"), yellow("leaks", "engine_oil")]),
    Visit::new("UTE 4471", Completed, minutes(6))
        .by("Aaron")
        .told("Wanders on the highway")
        .noted("Landline only: call him, and print the report")
        .worn([6.0, 7.0], [6.0, 6.5], 12.4)
        .found(&[
            red("steering_suspension", "tie_rods"),
            yellow("steering_suspension", "struts_front").saying("Damping getting weak"),
            yellow("fluids", "engine_oil").saying("Dark, change is due"),
            yellow("leaks", "engine_oil").saying("Oil pan gasket seeps"),
            yellow("exhaust", "pipes_hangers"),
            yellow("glass", "windshield").saying("Pitted, glares at night"),
        ]),
    Visit::new("9CDA 230", Texted, hours(1, 4))
        .by("Tomasz")
        .told("Clunk from the front right over bumps")
        .worn([6.0, 6.0], [6.5, 3.5], 12.5)
        .found(&[
            measured("brakes", "rear_pads_left", 3.5).answered(Later),
            measured("brakes", "rear_pads_right", 2.5).answered(DoIt),
            red("steering_suspension", "tie_rods").answered(DoIt),
            yellow("glass", "front_wipers").answered(DoIt),
        ])
        .viewed_after(12),
    Visit::new("5YUE 714", Texted, hours(2, 22))
        .by("Luis")
        .worn([6.0, 5.0], [3.5, 6.0], 12.4)
        .found(&[
            measured("brakes", "front_pads_left", 2.5).answered(CallMe),
            yellow("brakes", "rotors_front"),
            yellow("filters_ignition", "cabin_filter").saying("Smells musty"),
        ])
        .viewed_after(109),
    Visit::new("8MOL 662", Texted, hours(3, 34))
        .by("Dee")
        .worn([6.0, 5.0], [9.5, 10.0], 12.8)
        .found(&[yellow("filters_ignition", "cabin_filter")]),
    Visit::new("7AKD 617", Texted, hours(3, 51))
        .by("Tomasz")
        .worn([6.0, 5.0], [5.5, 6.0], 12.2)
        .found(&[red("belts_hoses", "radiator_hoses").saying("Bulges at the clamp"), yellow("glass", "front_wipers")])
        .undelivered("30003"),
    Visit::new("7JZL 936", HandedOver, hours(4, 20)).by("Luis").worn([7.0, 7.0], [8.0, 8.0], 12.6),
    Visit::new("1ZZK 095", Texted, hours(4, 59)).by("Aaron").worn([7.0, 7.0], [6.0, 6.5], 12.4).found(&[
        yellow("lights", "headlamps"),
        yellow("belts_hoses", "serpentine_belt"),
        yellow("filters_ignition", "engine_air_filter"),
        yellow("steering_suspension", "struts_rear"),
    ]),
];

const LAST_WEEK: &[Visit] = &[
    Visit::new("9HTC 741", Texted, days(4, 2)).by("Luis").worn([8.0, 8.0], [9.0, 9.0], 12.7).viewed_after(40),
    Visit::new("8ABJ 560", Texted, days(5, 3))
        .by("Tomasz")
        .worn([4.0, 4.0], [6.0, 6.0], 12.5)
        .found(&[yellow("steering_suspension", "alignment").saying("Tires wear on one edge").answered(DoIt)])
        .viewed_after(18),
    Visit::new("BKR 3402", Texted, days(6, 5))
        .by("Aaron")
        .told("Horn works only sometimes")
        .worn([6.0, 6.0], [5.0, 6.0], 12.6)
        .found(&[yellow("lights", "horn").saying("Works only at one spot of the pad")])
        .viewed_after(7),
    Visit::new("EV 7RB2", Texted, days(7, 1)).by("Dee").worn([7.0, 6.0], [10.0, 10.0], 12.7).viewed_after(63),
    Visit::new("9CVX 053", Texted, days(8, 4))
        .by("Dee")
        .worn([5.0, 5.0], [7.0, 7.0], 12.3)
        .found(&[not_applicable("belts_hoses", "serpentine_belt")])
        .viewed_after(25),
];

const LAST_SPRING: &[Visit] = &[
    Visit::new("1ZZK 095", Texted, days(199, 1)).by("Luis").worn([8.0, 8.0], [6.5, 7.0], 12.5).viewed_after(300),
    Visit::new("4TCV 880", Texted, days(203, 4))
        .by("Aaron")
        .worn([9.0, 9.0], [7.0, 7.0], 12.4)
        .found(&[yellow("steering_suspension", "sway_bar_links")])
        .viewed_after(31),
    Visit::new("7M40 185", Texted, days(206, 2))
        .by("Luis")
        .told("Oil spot on the driveway")
        .worn([6.0, 6.0], [5.5, 5.0], 12.5)
        .found(&[red("leaks", "engine_oil").saying("Oil pan drips").answered(DoIt)])
        .viewed_after(9),
    Visit::new("8MOL 662", Texted, days(210, 6)).by("Dee").worn([7.0, 7.0], [10.0, 10.0], 12.8).viewed_after(14),
    Visit::new("5YUE 714", Texted, days(215, 3)).by("Tomasz").worn([7.0, 7.0], [5.0, 7.0], 12.5).viewed_after(130),
    Visit::new("7TRD 408", HandedOver, days(219, 3))
        .by("Luis")
        .worn([6.0, 6.0], [6.5, 6.5], 12.5)
        .found(&[yellow("leaks", "engine_oil")]),
    Visit::new("6LMR 027", Texted, days(221, 5))
        .by("Luis")
        .worn([7.0, 6.0], [6.5, 7.0], 12.4)
        .found(&[yellow("leaks", "engine_oil").saying("Valve cover seeps").answered(Later)])
        .viewed_after(22),
    Visit::new("2NEM 773", Texted, days(228, 2))
        .by("Dee")
        .worn([4.0, 6.0], [5.0, 7.5], 12.5)
        .found(&[yellow("steering_suspension", "alignment")])
        .viewed_after(48),
    Visit::new("8FKD 312", Texted, days(230, 7)).by("Tomasz").worn([7.0, 7.0], [6.0, 7.0], 12.6).viewed_after(16),
    Visit::new("7FOR 268", Texted, days(233, 1))
        .by("Aaron")
        .told("Hesitates at the lights")
        .worn([5.0, 5.0], [6.0, 6.0], 12.0)
        .found(&[red("filters_ignition", "engine_air_filter").answered(DoIt)])
        .viewed_after(5),
    Visit::new("UTE 4471", Texted, days(236, 4))
        .by("Aaron")
        .worn([7.0, 8.0], [7.0, 7.5], 12.5)
        .found(&[yellow("steering_suspension", "tie_rods")])
        .undelivered("30006"),
    Visit::new("7KLM 204", Texted, days(240, 3))
        .by("Luis")
        .worn([7.0, 6.0], [5.0, 8.0], 12.5)
        .found(&[measured("brakes", "front_pads_left", 4.5).saying("Inner pad wears faster, check slide pins")])
        .viewed_after(55),
    Visit::new("6URY 823", Texted, days(245, 2))
        .by("Tomasz")
        .worn([3.0, 5.0], [4.0, 6.0], 12.2)
        .found(&[yellow("drivetrain", "clutch"), red("glass", "front_wipers").answered(DoIt)])
        .viewed_after(11),
    Visit::new("7RJB 019", Texted, days(247, 5))
        .by("Dee")
        .worn([7.0, 7.0], [8.0, 8.0], 12.6)
        .found(&[not_applicable("belts_hoses", "serpentine_belt")])
        .viewed_after(37),
    Visit::new("9CDA 230", Texted, days(192, 2))
        .by("Tomasz")
        .worn([7.0, 7.0], [7.5, 5.0], 12.6)
        .found(&[yellow("steering_suspension", "tie_rods").answered(Later)])
        .viewed_after(20),
    Visit::new("6VTR 385", Texted, days(258, 2))
        .by("Tomasz")
        .worn([8.0, 7.0], [6.0, 8.0], 12.4)
        .found(&[
            measured("brakes", "front_pads_left", 4.5),
            measured("tires", "tread_depth_rr", 4.0),
            yellow("filters_ignition", "cabin_filter").saying("Dirty, replace at the next service").answered(Later),
        ])
        .viewed_after(28),
];

const BEFORE: &[Visit] = &[
    Visit::new("6LMR 027", Texted, days(420, 3)).by("Aaron").worn([9.0, 8.0], [8.0, 8.5], 12.6).viewed_after(44),
    Visit::new("6VTR 385", Texted, days(440, 6)).by("Luis").worn([9.0, 9.0], [8.0, 9.0], 12.5).viewed_after(19),
    Visit::new("4UHB 607", Texted, days(477, 2))
        .by("Tomasz")
        .worn([4.0, 4.0], [6.0, 6.0], 12.3)
        .found(&[red("belts_hoses", "radiator_hoses").answered(DoIt)])
        .viewed_after(33),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspections::severity::Severity;

    #[test]
    fn what_stands_out_is_among_the_findings() {
        for visit in visits() {
            let findings = visit.findings(Powertrain::Hybrid);
            for (place, spot) in visit.spots.iter().enumerate() {
                let found = findings.iter().filter(|rated| spot.is_about(&rated.entry)).count();
                assert_eq!(found, 1, "{}, spot {place}", visit.plate);
            }
        }
    }

    #[test]
    fn what_is_yellow_or_red_says_why() {
        for (visit, rated) in
            visits().flat_map(|visit| visit.findings(Powertrain::Hybrid).into_iter().map(move |r| (visit, r)))
        {
            let stands_out = matches!(rated.severity, Some(Severity::Yellow | Severity::Red));
            assert_eq!(rated.notes.is_some(), stands_out, "{}: {}", visit.plate, rated.entry.component.label);
            assert!(rated.answer.is_none() || (stands_out && visit.viewed_after.is_some()), "{}", visit.plate);
        }
    }
}
