"""What the portal supports of SCIM, as it says itself."""
from scim2_models import (
    AuthenticationScheme,
    Bulk,
    ChangePassword,
    ETag,
    Filter,
    Meta,
    Pagination,
    Patch,
    Resource,
    ResourceType,
    Schema,
    ServiceProviderConfig,
    Sort,
)

from blueprints.scim_messages import MOST_ROWS, PAGE, location
from blueprints.scim_models import Employee, EnterpriseUser, Group, User


def config() -> ServiceProviderConfig:
    return _located(ServiceProviderConfig(
        patch=Patch(supported=True), bulk=Bulk(supported=False, max_operations=0,
                                               max_payload_size=0),
        filter=Filter(supported=True, max_results=MOST_ROWS), sort=Sort(supported=False),
        change_password=ChangePassword(supported=False), etag=ETag(supported=True),
        pagination=Pagination(cursor=False, index=True, default_page_size=PAGE,
                              max_page_size=MOST_ROWS),
        authentication_schemes=[AuthenticationScheme(
            type="oauthbearertoken", name="OAuth Bearer Token", primary=True,
            description="A key that an administrator of the company makes in the portal.")]))


def resource_types() -> list[Resource]:
    return [_located(ResourceType.from_resource(model)) for model in (Employee, Group)]


def schemas() -> list[Resource]:
    described = (User, EnterpriseUser, Group, ServiceProviderConfig, ResourceType, Schema)
    return [_located(model.to_schema()) for model in described]


def _located(resource: Resource) -> Resource:
    kind = type(resource).__name__
    parts = [kind] if kind == "ServiceProviderConfig" else [f"{kind}s", resource.id]
    resource.meta = Meta(resource_type=kind, location=location(*parts))
    return resource
