/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import java.util.List;

import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.params.SimpleRnnParamInitializer;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.INDArrayIndex;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Assembles factors of recurrent layers: rows \([x_t ; h_{t-1}]\) with \(h_{-1} = 0\), time index slowest. */
final class RecurrentFactors {
    private RecurrentFactors() {}

    /**
     * Factors from the errors of each step, first step first, each of shape [N, nOut].
     *
     * @param errorsMasked whether the host masks the errors after it has passed them through the activation
     */
    static LayerFactors of(LayerPass pass, RNNFormat format, List<INDArray> errors, boolean errorsMasked) {
        INDArray rows = Nd4j.concat(0, errors.toArray(INDArray[]::new)); // [T N, nOut]
        INDArray valid = validRows(pass, rows);
        if (valid != null && errorsMasked) {
            rows.muliColumnVector(valid);
        }
        INDArray input = Sequences.channelsFirst(pass.layer().input(), format); // [N, nIn, T]
        if (pass.activations() == null) {
            throw new IllegalStateException(
                    "layer '%s' is recurrent but returned no activations".formatted(pass.name()));
        }
        INDArray hidden = Sequences.channelsFirst(pass.activations(), format); // [N, nHidden, T]
        return of(pass, inputs(input.castTo(rows.dataType()), hidden.castTo(rows.dataType())), rows, valid);
    }

    /** Factors of a layer whose passes ran as a recursion of ours. */
    static LayerFactors of(LayerPass pass, LstmRows rows) {
        return of(pass, rows.inputs(), rows.errors(), validRows(pass, rows.errors()));
    }

    private static LayerFactors of(LayerPass pass, INDArray inputs, INDArray errors, @Nullable INDArray valid) {
        return LayerFactors.of(
                pass,
                List.of(SimpleRnnParamInitializer.WEIGHT_KEY, SimpleRnnParamInitializer.RECURRENT_WEIGHT_KEY),
                SimpleRnnParamInitializer.BIAS_KEY,
                inputs,
                errors,
                1,
                valid);
    }

    /** Rows \([x_t ; h_{t-1}]\), [T N, nIn + n], of sequences of shape [N, nIn, T] and [N, n, T]. */
    static INDArray inputs(INDArray x, INDArray h) {
        return Nd4j.concat(1, Sequences.rows(x), Sequences.rows(previous(h)));
    }

    /** Steps that the mask of the layer, or else the only mask of the inputs, lets through; shape [T N]. */
    private static @Nullable INDArray validRows(LayerPass pass, INDArray rows) {
        INDArray mask =
                pass.layer().getMaskArray() != null ? pass.layer().getMaskArray() : pass.sequenceMask(); // [N, T]
        return mask == null || mask.length() != rows.size(0)
                ? null
                : Sequences.rows(mask.castTo(rows.dataType()).reshape(mask.size(0), 1, mask.size(1)))
                        .reshape(rows.size(0));
    }

    /** The sequence moved one step later, with zeros in front. */
    private static INDArray previous(INDArray hidden) {
        INDArray moved = Nd4j.zeros(hidden.dataType(), hidden.shape());
        long steps = hidden.size(2);
        if (steps > 1) {
            INDArrayIndex all = NDArrayIndex.all();
            moved.get(all, all, NDArrayIndex.interval(1, steps))
                    .assign(hidden.get(all, all, NDArrayIndex.interval(0, steps - 1)));
        }
        return moved;
    }
}
