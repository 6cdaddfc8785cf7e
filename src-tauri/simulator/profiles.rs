//! Who the other side is: a name and a picture, for those who let it be known (graph-api b).

use crate::accounts::wanted;
use crate::call::Call;
use crate::clock::DAY;
use crate::error::GraphError;
use crate::fields::project;
use crate::people;
use crate::random::mix2;
use crate::simulator::Simulator;
use crate::world::{Channel, World};
use serde_json::{Value, json};

const MESSENGER: [&str; 4] = ["first_name", "last_name", "name", "profile_pic"];
const INSTAGRAM: [&str; 7] = [
    "name",
    "username",
    "profile_pic",
    "follower_count",
    "is_user_follow_business",
    "is_business_follow_user",
    "is_verified_user",
];

/// `/{psid}` or `/{igsid}`.
pub(crate) fn profile(world: &World, call: &Call, thread: usize) -> Result<Value, GraphError> {
    let t = &world.threads[thread];
    let person = people::profile(t.hash);
    let known = if world.profiles_withheld { 0 } else { mix2(t.hash, 77) % 100 };
    let picture = || world.cdn("profile", &t.person, 3 * DAY);
    if world.accounts[t.account].channel == Channel::Instagram {
        if known < 7 || t.last_inbound == 0 {
            return Err(GraphError::new(230, "(#230) User consent is required to access user profile"));
        }
        return project(
            "IGBusinessScopedID",
            &t.person,
            &INSTAGRAM,
            &wanted(call, "name,username")?,
            |field| {
                Ok(Some(match field.name.as_str() {
                    "name" => json!(person.name),
                    "username" => json!(person.handle),
                    "profile_pic" => json!(picture()),
                    "follower_count" => json!(mix2(t.hash, 78) % 4000),
                    "is_user_follow_business" => json!(!mix2(t.hash, 79).is_multiple_of(3)),
                    "is_business_follow_user" => json!(mix2(t.hash, 80).is_multiple_of(9)),
                    _ => json!(mix2(t.hash, 81).is_multiple_of(60)),
                }))
            },
        );
    }
    match known {
        0..8 => return Ok(json!({})),
        8..11 => return Err(GraphError::param("No profile available for this user.").sub(2_018_218)),
        _ => {}
    }
    project("User", &t.person, &MESSENGER, &wanted(call, "first_name,last_name,profile_pic")?, |field| {
        Ok(Some(match field.name.as_str() {
            "first_name" => json!(person.first),
            "last_name" => json!(person.last),
            "name" => json!(person.name),
            _ => json!(picture()),
        }))
    })
}

impl Simulator {
    /// Whether everybody keeps who they are from the shop: Instagram refuses for want of consent, Messenger tells
    /// nothing.
    pub fn withhold_profiles(&self, withheld: bool) {
        self.shared.world().profiles_withheld = withheld;
    }
}
