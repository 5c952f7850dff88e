"""Why a file is not read, in words for the person who sent it."""

BROKEN = "Tệp bị hỏng hoặc không phải là bảng tính. Hãy mở tệp bằng phần mềm bảng tính, lưu lại và gửi lại."
LOCKED = "Tệp được bảo vệ bằng mật khẩu. Hãy bỏ mật khẩu rồi gửi lại."
MACROS = (
    "Tệp có chứa macro nên không được đọc. Hãy lưu lại thành tệp Excel thông thường (.xlsx), không có macro, "
    "rồi gửi lại."
)
TOO_LARGE = "Tệp quá lớn: một bảng tiêu chí không vượt quá 20 MB."
BOMB = (
    "Tệp giải nén ra quá lớn nên không được đọc. Hãy chép riêng bảng cần đọc sang một tệp mới rồi gửi tệp đó."
)
NOT_TEXT = "Tệp văn bản không dùng bảng mã Unicode. Hãy lưu lại thành “CSV UTF-8”."
NO_TABLE = (
    "Tệp này là {}, không phải là bảng tính. Hãy gửi tệp Excel (.xlsx, .xls), OpenDocument (.ods) hoặc CSV."
)
TOO_SLOW = (
    "Tệp đọc quá lâu nên đã dừng đọc. Hãy mở tệp bằng phần mềm bảng tính, lưu lại thành tệp Excel (.xlsx) "
    "rồi gửi lại."
)
