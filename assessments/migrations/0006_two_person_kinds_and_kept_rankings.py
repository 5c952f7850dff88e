"""Withdrawing is prepared and confirmed too; provisional rankings are kept, and never edited."""

import django.db.models.deletion
from django.db import migrations, models

from parindex.guards import guard

SAYS = "a kept ranking never changes"


class Migration(migrations.Migration):

    dependencies = [
        ('assessments', '0005_evidence_appraisal_preparation_notices'),
    ]

    operations = [
        migrations.CreateModel(
            name='KeptRanking',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200, verbose_name='tên bản lưu')),
                ('kept_by_id', models.BigIntegerField(null=True, verbose_name='mã người lưu')),
                ('kept_by', models.CharField(max_length=200, verbose_name='người lưu')),
                ('kept_at', models.DateTimeField(verbose_name='lúc lưu')),
                ('digest', models.CharField(max_length=64, verbose_name='mã kiểm tra')),
            ],
            options={
                'verbose_name': 'bản xếp hạng đã lưu',
                'verbose_name_plural': 'bản xếp hạng đã lưu',
            },
        ),
        migrations.CreateModel(
            name='KeptUnit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('unit_code', models.CharField(max_length=60)),
                ('row', models.JSONField()),
                ('leaves', models.JSONField()),
            ],
            options={
                'verbose_name': 'đơn vị trong bản xếp hạng đã lưu',
                'verbose_name_plural': 'đơn vị trong bản xếp hạng đã lưu',
            },
        ),
        migrations.RemoveConstraint(
            model_name='preparation',
            name='preparation_one_open',
        ),
        migrations.RemoveConstraint(
            model_name='preparation',
            name='preparation_confirmed_by_another',
        ),
        migrations.AddField(
            model_name='preparation',
            name='error',
            field=models.TextField(blank=True, verbose_name='lỗi'),
        ),
        migrations.AddField(
            model_name='preparation',
            name='kind',
            field=models.CharField(choices=[('publish', 'Công bố'), ('withdraw', 'Thu hồi')], default='publish', max_length=10, verbose_name='việc'),
        ),
        migrations.AddField(
            model_name='preparation',
            name='manifest',
            field=models.JSONField(blank=True, default=dict, verbose_name='mã kiểm tra từng dòng'),
        ),
        migrations.AlterField(
            model_name='preparation',
            name='digest',
            field=models.CharField(blank=True, max_length=64, verbose_name='mã kiểm tra'),
        ),
        migrations.AlterField(
            model_name='preparation',
            name='reason',
            field=models.TextField(blank=True, verbose_name='lý do thay hoặc thu hồi'),
        ),
        migrations.AlterField(
            model_name='preparation',
            name='state',
            field=models.CharField(choices=[('open', 'Chờ người thứ hai xác nhận'), ('running', 'Đã xác nhận, đang công bố'), ('confirmed', 'Đã xác nhận, đã thực hiện'), ('declined', 'Không xác nhận')], default='open', max_length=10, verbose_name='trạng thái'),
        ),
        migrations.AddConstraint(
            model_name='preparation',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ('open', 'running'))), fields=('round',), name='preparation_one_open'),
        ),
        migrations.AddConstraint(
            model_name='preparation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ('running', 'confirmed')), _negated=True), models.Q(('ended_by_id__isnull', False), models.Q(('ended_by_id', models.F('prepared_by_id')), _negated=True)), _connector='OR'), name='preparation_confirmed_by_another'),
        ),
        migrations.AddConstraint(
            model_name='preparation',
            constraint=models.CheckConstraint(condition=models.Q(('kind', 'publish'), models.Q(('kind', 'withdraw'), ('replaces__isnull', False), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='preparation_withdraws_something'),
        ),
        migrations.AddField(
            model_name='keptranking',
            name='group',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='kept_rankings', to='assessments.group', verbose_name='nhóm đơn vị'),
        ),
        migrations.AddField(
            model_name='keptunit',
            name='ranking',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='units', to='assessments.keptranking'),
        ),
        migrations.AddConstraint(
            model_name='keptunit',
            constraint=models.UniqueConstraint(fields=('ranking', 'unit_code'), name='kept_unit_once'),
        ),
        *(
            guard(table, event, SAYS)
            for table in ("assessments_keptranking", "assessments_keptunit")
            for event in ("UPDATE", "DELETE")
        ),
    ]
