"""What the portal knows of SCIM's users and groups: the part of each schema that it keeps."""
from typing import Annotated, Any, ClassVar

from pydantic import Field
from scim2_models import (
    URN,
    CaseExact,
    ComplexAttribute,
    ExtensibleStringEnum,
    Extension,
    Mutability,
    PhoneNumber,
    Reference,
    Required,
    Resource,
    ScimPolicy,
    Uniqueness,
)

TOLERANT = ScimPolicy(unknown=ScimPolicy.Unknown.ignore,
                      remove_value_as_filter=ScimPolicy.RemoveValue.apply,
                      unmatched_path_filter=ScimPolicy.UnmatchedPathFilter.create)
"""Entra and Okta send attributes that we do not keep, and patch entries that are not there yet."""


class Name(ComplexAttribute):
    formatted: str | None = None
    """The whole name, as it is shown."""
    family_name: str | None = None
    """The surname."""
    given_name: str | None = None
    """The first name."""


class Email(ComplexAttribute):
    class Type(ExtensibleStringEnum):
        work = "work"
        home = "home"
        other = "other"

    value: str | None = None
    """An e-mail address. What is no address is kept but not written to."""
    display: str | None = None
    """As it is shown."""
    type: Type | None = None
    """What it is used for."""
    primary: bool | None = None
    """Whether it is the one to write to."""


class EnterpriseUser(Extension):
    """What an employer adds to a user."""

    __schema__ = URN("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User")

    employee_number: str | None = None
    """The number by which the employer knows the person."""
    department: str | None = None
    """The name or the reference number of a department in the portal."""


class User(Resource):
    """A traveller."""

    __schema__ = URN("urn:ietf:params:scim:schemas:core:2.0:User")

    user_name: Annotated[str | None, Uniqueness.server, Required.true] = None
    """The name by which the company's own system knows the user."""
    name: Name | None = None
    """The parts of the name."""
    Name: ClassVar[type[ComplexAttribute]] = Name
    display_name: str | None = None
    """The name as it is shown."""
    active: bool | None = None
    """Whether the person is employed. One who is not is a leaver."""
    emails: list[Email] | None = None
    """E-mail addresses; the primary one is written to."""
    Emails: ClassVar[type[ComplexAttribute]] = Email
    phone_numbers: list[PhoneNumber] | None = None
    """Phone numbers; tickets are sent to the mobile one."""
    PhoneNumbers: ClassVar[type[ComplexAttribute]] = PhoneNumber


class GroupMember(ComplexAttribute):
    value: Annotated[str | None, Mutability.immutable, CaseExact.true] = None
    """The id of the user."""
    ref: Annotated[Reference["User"] | None, Mutability.immutable] = Field(
        None, serialization_alias="$ref", validation_alias="$ref")
    """The address of the user."""
    type: Annotated[str | None, Mutability.immutable] = Field(None, examples=["User"])
    """User."""


class Group(Resource[Any]):
    """A department. Each traveller is in exactly one."""

    __schema__ = URN("urn:ietf:params:scim:schemas:core:2.0:Group")

    display_name: Annotated[str | None, Required.true] = None
    """The name of the department."""
    members: list[GroupMember] | None = None
    """Its travellers, of those who are synchronised."""
    Members: ClassVar[type[ComplexAttribute]] = GroupMember


Employee = User[EnterpriseUser]
