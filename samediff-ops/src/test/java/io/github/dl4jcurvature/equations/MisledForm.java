/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.equations;

import java.util.List;
import java.util.function.Supplier;

import io.github.dl4jcurvature.linalg.ColumnMajor;
import org.jspecify.annotations.Nullable;

/** An equation whose doubling, and if wanted whose Schur form, returns something else. */
final class MisledForm extends RiccatiForm {
    private final RiccatiForm form;
    private final Supplier<@Nullable ColumnMajor> doubling;
    private final Supplier<ColumnMajor> schurForm;

    /** Doubling returns zero. */
    MisledForm(RiccatiForm form) {
        this(form, () -> ColumnMajor.zeros(form.a.rows(), form.a.rows()), form::bySchurForm);
    }

    MisledForm(RiccatiForm form, Supplier<@Nullable ColumnMajor> doubling, Supplier<ColumnMajor> schurForm) {
        super(form.a, form.b, form.q, form.r, form.s);
        this.form = form;
        this.doubling = doubling;
        this.schurForm = schurForm;
    }

    @Override
    @Nullable
    ColumnMajor doubled() {
        return doubling.get();
    }

    @Override
    ColumnMajor bySchurForm() {
        return schurForm.get();
    }

    @Override
    ColumnMajor gain(ColumnMajor x) {
        return form.gain(x);
    }

    @Override
    List<ColumnMajor> residualTerms(ColumnMajor x, ColumnMajor k) {
        return form.residualTerms(x, k);
    }

    @Override
    double newtonSign() {
        return form.newtonSign();
    }

    @Override
    double margin(double real, double imaginary) {
        return form.margin(real, imaginary);
    }

    @Override
    ColumnMajor gainChange(ColumnMajor change, ColumnMajor x, ColumnMajor k) {
        return form.gainChange(change, x, k);
    }

    @Override
    Equation equation() {
        return form.equation();
    }
}
