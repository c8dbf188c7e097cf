/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.equations;

import java.util.List;

import io.github.dl4jcurvature.linalg.ColumnMajor;

/** An equation whose doubling returns zero. */
final class MisledForm extends RiccatiForm {
    private final RiccatiForm form;

    MisledForm(RiccatiForm form) {
        super(form.a, form.b, form.q, form.r, form.s);
        this.form = form;
    }

    @Override
    ColumnMajor doubled() {
        return ColumnMajor.zeros(a.rows(), a.rows());
    }

    @Override
    ColumnMajor bySchurForm() {
        return form.bySchurForm();
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
