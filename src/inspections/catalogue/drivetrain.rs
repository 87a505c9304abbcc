//! What carries power to the wheels.

use super::{Category, Component, WITH_ENGINE};

pub(super) const CATEGORY: Category = Category {
    key: "drivetrain",
    label: "Drivetrain",
    spanish: "Tren motriz",
    components: &[
        Component::new("cv_axles", "CV boots and axles", "Flechas homocinéticas y cubrepolvos")
            .yellow(&["Boot cracked, no grease lost yet", "Grease seeps at the clamp"])
            .red(&["Boot torn, grease thrown out", "Clicks in turns, replace axle", "Inner joint has play"]),
        // An electric car has a motor at each driven axle and hardly ever a shaft between them.
        Component::new("driveshaft", "Driveshaft and U-joints", "Cardán y crucetas")
            .only(WITH_ENGINE)
            .yellow(&["U-joint dry, squeaks", "Center bearing rubber cracked", "Coupling disc cracked"])
            .red(&["U-joint loose, replace", "Center bearing torn", "Shaft bent, vibrates"]),
        Component::new("mounts", "Engine or motor mounts", "Soportes del motor")
            .yellow(&["Rubber cracked", "Fluid seeps from the mount", "Sagging slightly"])
            .red(&["Rubber torn, lifts under load", "Bracket broken", "Mount collapsed, metal on metal"]),
        Component::new(
            "transmission_transfer_leaks",
            "Gearbox and transfer case leaks",
            "Fugas de la caja y de la transferencia",
        )
        .yellow(&["Axle seal damp", "Case seam damp", "Transfer case damp"])
        .red(&["Axle seal drips", "Case seam drips", "Transfer case drips, level low"]),
        // Hybrids with a pedal exist; whatever has none is rated not applicable.
        Component::new("clutch", "Clutch", "Embrague")
            .only(WITH_ENGINE)
            .yellow(&["Grabs high, wearing", "Shudders when pulling away", "Release bearing noisy"])
            .red(&["Slips under load", "Does not release fully", "Clutch hydraulics leak"]),
    ],
};
