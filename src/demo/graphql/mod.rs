//! GitHub's GraphQL dialect over the world: reads only. A document is checked as a whole first, then answered
//! object by object; what fails on its own is null with an error that names its path.

mod connect;
mod cost;
mod events;
mod objects;
mod run;
mod schema;
mod tree;

use async_graphql_parser::{parse_query, types::OperationType};
use serde_json::{Value, json};

use super::{
    identity::Budget,
    rest::{Answer, Call},
    world::World,
};
use run::Run;
use schema::Schema;

/// Answers one GraphQL request. `hidden` fields (`Type.field`) do not exist on this server.
pub(crate) fn answer(world: &World, call: &Call, budget: &Budget, hidden: &[String]) -> Answer {
    if call.who.is_none() {
        return Answer::refusal(401, "This endpoint requires you to be authenticated.");
    }
    if call.method != "POST" {
        return Answer::not_found();
    }
    let Ok(request) = serde_json::from_slice::<Value>(&call.body) else {
        return Answer::refusal(400, "Problems parsing JSON");
    };
    let Some(text) = request.get("query").and_then(Value::as_str) else {
        return errors(vec![json!({"message": "A query attribute must be specified and must be a string."})]);
    };
    let document = match parse_query(text) {
        Ok(document) => document,
        Err(e) => return errors(vec![json!({"message": format!("Parse error: {e}")})]),
    };
    let schema = Schema::without(hidden);
    let mistakes = schema.mistakes(&document);
    if !mistakes.is_empty() {
        return errors(mistakes);
    }
    let named = request.get("operationName").and_then(Value::as_str);
    let operation = document.operations.iter().find(|(name, _)| named.is_none() || name.map(|n| n.as_str()) == named);
    let Some((_, operation)) = operation else {
        return errors(vec![json!({"message": "No operation of that name"})]);
    };
    if operation.node.ty != OperationType::Query {
        return errors(vec![json!({"message": "Only queries are answered here; write with REST."})]);
    }
    let given = request.get("variables").cloned().unwrap_or_default();
    let mut run = Run::new(world, call, budget, &schema, &document);
    run.learn_variables(&operation.node, &given);
    let data = run.query(&operation.node.selection_set.node);
    let failed = run.into_errors();
    let mut body = json!({"data": data});
    if !failed.is_empty()
        && let Some(body) = body.as_object_mut()
    {
        body.insert("errors".into(), failed.into());
    }
    Answer::ok(body)
}

/// Points that a request costs of an hour's allowance.
pub(crate) fn points(call: &Call) -> u32 {
    let request: Value = serde_json::from_slice(&call.body).unwrap_or_default();
    let document = request.get("query").and_then(Value::as_str).and_then(|text| parse_query(text).ok());
    document.map_or(1, |document| cost::points(&document, request.get("variables").unwrap_or(&Value::Null)))
}

fn errors(errors: Vec<Value>) -> Answer {
    Answer::ok(json!({"errors": errors}))
}
