/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import java.util.List;

import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.params.DefaultParamInitializer;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Dense layers without layer normalisation: one error array per pass, before the host applies the layer's mask. */
record DenseCapture(DenseLayer configuration, ErrorTape tape) implements LayerCapture {

    static DenseCapture attach(DenseLayer configuration) {
        ErrorTape tape = new ErrorTape();
        configuration.setActivationFn(new CapturingActivation(configuration.getActivationFn(), tape));
        return new DenseCapture(configuration, tape);
    }

    @Override
    public void recordErrors(boolean on) {
        tape.record(on);
    }

    @Override
    public List<LayerFactors> factors(LayerPass pass) {
        String bias = configuration.hasBias() ? DefaultParamInitializer.BIAS_KEY : null;
        INDArray mask = pass.layer().getMaskArray(); // [rows, 1]
        INDArray errors = masked(tape.only(), mask);
        INDArray valid =
                mask == null ? null : mask.castTo(errors.dataType()).dup().reshape(mask.length());
        INDArray inputs = pass.layer().input().dup().castTo(errors.dataType());
        return List.of(
                LayerFactors.of(pass, List.of(DefaultParamInitializer.WEIGHT_KEY), bias, inputs, errors, 1, valid));
    }

    /** Multiplies rows by a mask of shape [rows, 1], in place. */
    static INDArray masked(INDArray errors, @Nullable INDArray mask) {
        return mask == null ? errors : errors.muliColumnVector(mask.castTo(errors.dataType()));
    }
}
