"""Contacts, documents, notes and posts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assistant.hosting.spoken_words import joined
from assistant.town.documents import Document
from assistant.town.world import World


def find_contact(world: World, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Number and address of a contact."""
    contact = world.contacts.find(arguments["name"], "name")
    return {
        "summary": f"{contact.name}'s number is {contact.phone}, and the e-mail address {contact.email}.",
        "name": contact.name,
        "phone": contact.phone,
        "email": contact.email,
    }


def find_documents(world: World, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Documents about something; the best one is read out."""
    found = world.documents.find(arguments["query"])[:3]
    others = f" There is also {joined([document.title for document in found[1:]])}." if found[1:] else ""
    return {
        "summary": f"{found[0].title}: {found[0].text.rstrip('.')}.{others}",
        "documents": [_document(document) for document in found],
    }


def _document(document: Document) -> dict[str, Any]:
    return {
        "document_id": document.document_id,
        "title": document.title,
        "text": document.text,
        "changed": document.changed.isoformat(),
    }


def write_note(world: World, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Write a note."""
    note = world.documents.write(arguments["text"])
    return {"summary": f"I noted: {note.text.rstrip('.')}.", "document_id": note.document_id, "text": note.text}


def delete_note(world: World, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Delete a note."""
    note = world.documents.delete(arguments["note_id"])
    return {
        "summary": f"Your note {note.title} is deleted.",
        "document_id": note.document_id,
        "text": note.text,
    }


def post_update(world: World, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Post on a network."""
    post = world.social.post(arguments["message"], arguments["network"])
    return {
        "summary": f"Your post is on {post.network.capitalize()}: {post.message.rstrip('.')}.",
        "post_id": post.post_id,
        "message": post.message,
        "network": post.network,
        "posted_at": post.at.isoformat(),
    }


def delete_post(world: World, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Delete a post."""
    post = world.social.delete(arguments["post_id"])
    about = " ".join(post.message.split()[:6])
    return {
        "summary": f"Your post {about} is deleted from {post.network.capitalize()}.",
        "post_id": post.post_id,
        "network": post.network,
    }
