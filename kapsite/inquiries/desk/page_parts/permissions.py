"""Names of the permissions that several pages of the desk check; the roles are in accounts."""

VIEW = "inquiries.view_inquiry"
CHANGE = "inquiries.change_inquiry"
ERASE = "inquiries.erase_inquiry"
SEE_NAMES = "inquiries.see_names_in_list"
SHOW_MESSAGE = "inquiries.show_message"
