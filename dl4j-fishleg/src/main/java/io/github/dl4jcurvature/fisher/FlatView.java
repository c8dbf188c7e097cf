/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The rank-1 view of an array, the same object as long as the array is the same object. */
final class FlatView {
    private @Nullable INDArray source;
    private @Nullable INDArray flat;

    INDArray of(INDArray array) {
        INDArray view = flat;
        if (view == null || source != array) {
            view = array.reshape(array.length());
            source = array;
            flat = view;
        }
        return view;
    }
}
