"""Accounts, organisers and units in the administration site; units also from Excel and CSV."""

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin

from parindex.accounts.models import Membership, Organiser, Unit, UnitType, User


class MembershipInline(admin.TabularInline):
    """A person's roles, on the person's page."""

    model = Membership
    fk_name = "user"
    extra = 0


@admin.register(User)
class AccountAdmin(UserAdmin):
    """Accounts with their roles."""

    list_display = ("username", "full_name", "is_active")
    search_fields = ("username", "full_name")
    ordering = ("username",)
    inlines = (MembershipInline,)
    fieldsets = (
        (None, {"fields": ("username", "password", "full_name", "email")}),
        ("Quyền", {"fields": ("is_active", "is_staff", "is_superuser")}),
    )
    add_fieldsets = ((None, {"fields": ("username", "full_name", "password1", "password2")}),)


@admin.register(Organiser)
class OrganiserAdmin(admin.ModelAdmin):
    """Authorities that issue decisions and run rounds."""

    list_display = ("name", "parent_name", "place")
    search_fields = ("name",)


@admin.register(UnitType)
class UnitTypeAdmin(admin.ModelAdmin):
    """Kinds of units."""

    list_display = ("code", "name")


@admin.register(Unit)
class UnitAdmin(admin.ModelAdmin):
    """Units, with the time in which they exist and what they came from."""

    list_display = ("name", "code", "unit_type", "organiser", "valid_from", "valid_to")
    list_filter = ("organiser", "unit_type")
    list_select_related = ("unit_type", "organiser")
    search_fields = ("name", "code")
    ordering = ("organiser_id", "sort_key")
    filter_horizontal = ("predecessors",)
